"""Whoever is registered and lives in no household founds one of their own: record and SPID stay, and so do
those of the members of the last household whom they bring back."""

from typing import Any

from registry.models import Person
from registry.models.person_columns import NAMES
from registry.persons.ages import children
from registry.persons.circumstances import recorded
from registry.persons.households import household_of
from registry.persons.labels import NO_DOCUMENT
from registry.registration.answers import HEAD_ID, RETURNS
from registry.registration.former_home import Former, former_members

RECORDED = ("name", "sex", "birth", "young", "document", "phone")
"""The questions that the record answers: what is wrong in it is corrected by a change, which is checked."""
AS_RECORDED = (
    *NAMES,
    *("sex", "born", "document_type", "document_number"),
)
FORMER = "former"
"""In the answers: who lived with the head in the last household and lives in none since the same day."""


def lives_nowhere(person: Person | None) -> bool:
    return person is not None and household_of(person) is None


def with_record(answers: dict[str, Any], person: Person | None) -> dict[str, Any]:
    """The answers of a draft, begun with this person as head; what the record answers is as it is now.

    Answers begun with the record of somebody else, or without anybody, are begun anew.
    """
    head, *others = answers.get("members") or [{}]
    if person is None:
        return {} if RETURNS in head else answers
    former = _former(person)
    if head.get(RETURNS) == person.spid:
        again = {one["spid"]: one["member"] for one in former if one["comes_along"]}
        others = [
            one | {field: again[one[RETURNS]][field] for field in AS_RECORDED} if RETURNS in one else one
            for one in others
            if one.get(RETURNS) in (None, *again)
        ]
        return {**answers, "members": [head | _as_recorded(person), *others], FORMER: former}
    head = {"id": HEAD_ID, RETURNS: person.spid, "done": list(RECORDED)}
    return {
        FORMER: former,
        "members": [head | _as_recorded(person) | recorded(person)],
        "last": HEAD_ID,
        "no_more": False,
    }


def _former(person: Person) -> list[dict[str, Any]]:
    found = [one for one in former_members(person) if one.left_together]
    under_age = children(one.person for one in found)
    return [
        {
            "spid": one.person.spid,
            "name": one.name,
            "comes_along": one.comes_along,
            "member": _comes_along(one, one.person.pk in under_age) if one.comes_along else {},
        }
        for one in found
    ]


def _comes_along(former: Former, is_child: bool) -> dict[str, Any]:
    """What adults told of their health is not shown to others, of their household neither."""
    known = {"relationship": former.relationship} if former.relationship else {}
    return {
        RETURNS: former.person.spid,
        "done": [*RECORDED, *known],
        **_as_recorded(former.person),
        **(recorded(former.person) if is_child else {}),
        **known,
    }


def _as_recorded(person: Person) -> dict[str, Any]:
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "latin_family_name": person.latin_family_name,
        "latin_given_name": person.latin_given_name,
        "sex": person.sex,
        "born": str(person.born),
        "document_type": NO_DOCUMENT,
        "document_number": "",
    }

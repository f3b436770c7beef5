"""Whoever is registered and lives in no household founds one of their own: record and SPID stay."""

from typing import Any

from registry.models import Person
from registry.persons.circumstances import recorded
from registry.persons.households import household_of
from registry.persons.labels import NO_DOCUMENT
from registry.registration.answers import HEAD_ID, RETURNS

RECORDED = ("name", "sex", "birth", "young", "document", "phone")
"""The questions that the record answers: what is wrong in it is corrected by a change, which is checked."""


def lives_nowhere(person: Person | None) -> bool:
    return person is not None and household_of(person) is None


def with_record(answers: dict[str, Any], person: Person | None) -> dict[str, Any]:
    """The answers of a draft, begun with this person as head; what the record answers is as it is now.

    Answers begun with the record of somebody else, or without anybody, are begun anew.
    """
    head, *others = answers.get("members") or [{}]
    if person is None:
        return {} if RETURNS in head else answers
    if head.get(RETURNS) == person.spid:
        return {**answers, "members": [head | _as_recorded(person), *others]}
    head = {"id": HEAD_ID, RETURNS: person.spid, "done": list(RECORDED)}
    return {
        "members": [head | _as_recorded(person) | recorded(person)],
        "last": HEAD_ID,
        "no_more": False,
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

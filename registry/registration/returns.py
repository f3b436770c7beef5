"""Whoever is registered and lives in no household founds one of their own: record and SPID stay."""

from typing import Any

from registry.facts.table import CIRCUMSTANCES
from registry.models import Person
from registry.persons.households import household_of
from registry.persons.labels import NO_DOCUMENT
from registry.registration.answers import HEAD_ID, RETURNS

RECORDED = ("name", "sex", "birth", "young", "document", "phone")
"""The questions that the record answers: what is wrong in it is corrected by a change, which is checked."""


def lives_nowhere(person: Person | None) -> bool:
    return person is not None and household_of(person) is None


def with_record(answers: dict[str, Any], person: Person) -> dict[str, Any]:
    """The answers of a draft, begun with this person as head."""
    members = answers.get("members") or [{}]
    if members[0].get(RETURNS) == person.spid:
        return answers
    head = {
        "id": HEAD_ID,
        RETURNS: person.spid,
        "done": list(RECORDED),
        "family_name": person.family_name,
        "given_name": person.given_name,
        "latin_family_name": person.latin_family_name,
        "latin_given_name": person.latin_given_name,
        "sex": person.sex,
        "born": str(person.born),
        "document_type": NO_DOCUMENT,
        "document_number": "",
        **{name: asked.answer(getattr(person, name)) for name, asked in CIRCUMSTANCES.items()},
    }
    return {"members": [head], "last": HEAD_ID, "no_more": False}

"""Who of a roster is registered already: compared as each row is stored, once for the same answers."""

from typing import Any

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.web.shown import digest_of
from registry.models import Person
from registry.registration.alike import compare
from registry.registration.answers import RETURNS
from registry.registration.counter_wizard import CounterWizard
from registry.registration.former_home import question_of_former
from registry.registration.services import is_document_taken

TAKEN = "taken"
"""Of a member of a draft: digest of a document that somebody registered has."""
TRIED = "tried"
"""Digest of the document that was compared last."""
_DOCUMENT = ("document_type", "document_number")


def look_up(wizard: CounterWizard, *, official: User, assisted_session: AssistedSession) -> None:
    """Note in the draft who is alike and whose document is taken; the pages after the roster ask about it."""
    village = wizard.answers.get("place", {}).get("village_code", "")
    for member in wizard.members:
        compare(member, official=official, assisted_session=assisted_session, village=village)
        tried = _digest(member)
        if RETURNS in member or not member.get("document_number") or member.get(TRIED) == tried:
            continue
        member[TRIED] = tried
        if is_taken(member, official=official, assisted_session=assisted_session):
            member[TAKEN] = tried


def is_taken(member: dict[str, Any], *, official: User, assisted_session: AssistedSession) -> bool:
    return is_document_taken(
        actor=official,
        assisted_session=assisted_session,
        document_type=member["document_type"],
        document_number=member["document_number"],
    )


def is_said_taken(member: dict[str, Any]) -> bool:
    """Of the document that stands there now."""
    return member.get(TAKEN, "") == _digest(member)


def _digest(member: dict[str, Any]) -> str:
    return digest_of([member.get(name, "") for name in _DOCUMENT])


def questions_of_former(wizard: CounterWizard, person: Person | None) -> dict[int, str]:
    """By ``id`` of a member, whether they are somebody who lived with the person who returns. A document that
    was seen tells persons of one name apart."""
    if person is None:
        return {}
    found = {
        one["id"]: question_of_former(person, wizard.members, one)
        for one in wizard.members
        if "born" in one and not one.get("document_number")
    }
    return {number: words for number, words in found.items() if words}

"""Entering a person's number in a change reveals whether it is registered, so lookups are limited and
audited."""

from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.encryption import crypto
from registry.changes.apply.newcomer import entered_spid, person_of_document
from registry.errors import ChangeError, TooManyLookups
from registry.identity.documents import document_digest
from registry.models import IdentityDocument, Person
from registry.persons import lookups


def entered_number(answers: dict[str, Any]) -> bytes | None:
    """Digest of the SPID or document number entered, with the birth date: another date is another lookup.

    For every kind of change: whether a number can be saved reveals whether somebody has it already.
    """
    document = answers.get("document", {})
    number = entered_spid(answers) or document.get("document_number", "")
    of_type = "" if entered_spid(answers) else str(document.get("document_type", ""))
    return crypto.digest("number told", of_type, number, str(answers.get("birth"))) if number else None


def check_number_limit(*, actor: User, assisted_session: AssistedSession | None) -> None:
    """Raises ChangeError before anything is compared."""
    try:
        lookups.check_limit(account=actor, assisted_session=assisted_session, kind=lookups.DOCUMENT)
    except TooManyLookups:
        words = _("Too many documents were tried today. Try tomorrow, or go to the commune office.")
        raise ChangeError(words) from None


def note(*, actor: User, assisted_session: AssistedSession | None, number: bytes) -> None:
    lookups.note(account=actor, assisted_session=assisted_session, kind=lookups.DOCUMENT, numbers=[number])


def is_document_taken(
    *,
    actor: User,
    assisted_session: AssistedSession | None,
    answers: dict[str, Any],
    person: Person | None,
    takes_in: bool,
) -> bool:
    """Whether the document that was just typed is another person's, told at once as a registration tells it.

    ``person``: whose it is to become; nobody where it is a newcomer's. Not where whoever comes in by these
    answers has it: they are asked, and who asked for it does not learn whether they are registered.
    """
    kind, number = answers["document"]["document_type"], answers["document"]["document_number"]
    digest = document_digest(kind, number)
    holders = IdentityDocument.objects.filter(type=kind, digest=digest)
    others = holders.exclude(type__in=IdentityDocument.SHARED_TYPES).exclude(person=person)
    return lookups.is_told_taken(
        account=actor,
        assisted_session=assisted_session,
        number=digest,
        is_taken=lambda: others.exists() and not (takes_in and person_of_document(answers)),
    )


def note_asked(*, actor: User, assisted_session: AssistedSession | None, answers: dict[str, Any]) -> None:
    """Counted whether it matches or not. Raises ChangeError after too many lookups today."""
    if number := entered_number(answers):
        check_number_limit(actor=actor, assisted_session=assisted_session)
        note(actor=actor, assisted_session=assisted_session, number=number)

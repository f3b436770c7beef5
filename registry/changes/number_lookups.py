"""Entering a person's number in a change reveals whether it is registered, so lookups are limited and
audited."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.translations.label import Label
from registry.changes.apply.newcomer import entered_spid
from registry.changes.no_change import RECORDED
from registry.errors import ChangeError, TooManyLookups
from registry.identity.documents import document_digest
from registry.models import IdentityDocument, Person
from registry.persons import lookups

TAKEN = gettext_lazy(
    "This document cannot be used here. Check the type and the number. Or go to the commune office with the "
    "document."
)


def entered_number(answers: dict[str, Any]) -> bytes | None:
    """Digest of the SPID or document number entered, with all that an answer about it depends on: the same
    number with another date of birth, name or person whose it is to become is another lookup.

    For every kind of change: whether a number can be saved reveals whether somebody has it already.
    """
    if spid := entered_spid(answers):
        return lookups.digest_of("", spid, answers.get("birth"))
    document = answers.get("document", {})
    if not document.get("document_number"):
        return None
    with_it = [answers.get(question) for question in ("birth", "name", "who")]
    return lookups.digest_of(document["document_type"], document["document_number"], *with_it)


def check_number_limit(*, actor: User, assisted_session: AssistedSession | None) -> None:
    """Raises ChangeError before anything is compared."""
    try:
        lookups.check_limit(account=actor, assisted_session=assisted_session, kind=lookups.DOCUMENT)
    except TooManyLookups:
        words = _("Too many documents were tried today. Try tomorrow, or go to the commune office.")
        raise ChangeError(words) from None


def note(*, actor: User, assisted_session: AssistedSession | None, number: bytes) -> None:
    lookups.note(account=actor, assisted_session=assisted_session, kind=lookups.DOCUMENT, numbers=[number])


def why_not_document(
    *,
    actor: User,
    assisted_session: AssistedSession | None,
    answers: dict[str, Any],
    person: Person | None,
) -> Label:
    """Why the document that was just typed cannot be told, "" where it can: it is recorded of the person
    already, or is another person's. The words say nothing about whoever has it.

    ``person``: whose it is to become; nobody where it is a newborn's.
    """
    number = entered_number(answers)
    if number is None:
        return ""
    document = answers["document"]
    digest = document_digest(document["document_type"], document["document_number"])
    found = IdentityDocument.objects.filter(type=document["document_type"], digest=digest)
    taken = found.filter(~Q(type__in=IdentityDocument.SHARED_TYPES) | Q(person=person))
    if not lookups.is_told_taken(
        account=actor, assisted_session=assisted_session, number=number, is_taken=taken.exists
    ):
        return ""
    if found.filter(person=person).exists():
        return RECORDED
    return TAKEN


def note_asked(*, actor: User, assisted_session: AssistedSession | None, answers: dict[str, Any]) -> None:
    """Counted whether it matches or not. Raises ChangeError after too many lookups today."""
    if number := entered_number(answers):
        check_number_limit(actor=actor, assisted_session=assisted_session)
        note(actor=actor, assisted_session=assisted_session, number=number)

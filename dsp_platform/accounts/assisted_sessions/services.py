"""Opening and ending the session in which an official acts for one person."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit


@dataclass(frozen=True, slots=True)
class Given:
    """How somebody consented to be helped, in which language, and the name of a witness."""

    how: str = AssistedSession.ConsentHow.READ
    language: str = ""
    witness: str = ""


READ_OUT = Given()


@transaction.atomic
def open_assisted_session(
    *,
    official: User,
    subject_id: int | None,
    reason: str,
    consent_text: str,
    told_by: str = "",
    written_at: datetime | None = None,
    given: Given = READ_OUT,
) -> AssistedSession:
    """End the official's open assisted session and open this one. ``subject_id`` is None for a person not
    registered yet. ``told_by``: who came for somebody who cannot be present. ``written_at``: where what is
    entered was written before, offline.

    Asking twice for the same registered person (a double click) returns the assisted session already open.
    """
    # The lock serialises two tabs of one official, so that the unique constraint is never violated.
    User.objects.select_for_update(no_key=True).get(pk=official.pk)
    current = AssistedSession.objects.filter(official=official, ended_at=None).first()
    again = current and subject_id is not None and current.subject_id == subject_id
    # What may be done in it depends on the reason.
    if current and again and bool(current.told_by) == bool(told_by):
        return current
    if current:
        end_assisted_session(assisted_session=current, end=AssistedSession.End.SWITCHED)
    assisted_session = AssistedSession.objects.create(
        official=official,
        subject_id=subject_id,
        reason=reason,
        consent_text=consent_text,
        told_by=told_by or None,
        consent_how=given.how,
        consent_language=given.language,
        consent_witness=given.witness or None,
        written_at=written_at,
    )
    audit.record(
        actor=official,
        action="open_case",
        subject_kind="person",
        subject_id=subject_id,
        reason=reason,
        assisted_session_id=assisted_session.pk,
    )
    return assisted_session


@transaction.atomic
def attach_subject(*, assisted_session: AssistedSession, subject_id: int) -> None:
    """The person of this assisted session has been registered. An assisted session never changes from one
    person to another.
    """
    attached = AssistedSession.objects.filter(pk=assisted_session.pk, subject_id=None).update(
        subject_id=subject_id
    )
    if not attached:
        assisted_session.refresh_from_db(fields=["subject_id"])
        if assisted_session.subject_id != subject_id:
            raise ValueError("This assisted session is about another person.")
        return
    assisted_session.subject_id = subject_id
    audit.record(
        actor=assisted_session.official,
        action="open_case",
        subject_kind="person",
        subject_id=subject_id,
        reason=assisted_session.reason,
        assisted_session_id=assisted_session.pk,
    )


def lock_assisted_session(*, user: User, assisted_session: AssistedSession | None) -> None:
    """Lock the assisted session until the transaction ends: it must be this official's own and still open.

    Another tab may have ended it since the request began. Raises PermissionDenied.
    """
    if assisted_session is None:
        return
    still_open = AssistedSession.objects.select_for_update(no_key=True).filter(
        pk=assisted_session.pk, official=user, ended_at=None
    )
    if not still_open.exists():
        raise PermissionDenied("the assisted session is not open, or another official's")


@transaction.atomic
def end_assisted_session(*, assisted_session: AssistedSession, end: str) -> None:
    """Ending an assisted session that has already ended changes nothing."""
    now = timezone.now()
    if not AssistedSession.objects.filter(pk=assisted_session.pk, ended_at=None).update(
        ended_at=now, end=end
    ):
        return
    assisted_session.ended_at, assisted_session.end = now, end
    audit.record(
        actor=assisted_session.official,
        action="end_case",
        subject_kind="person",
        subject_id=assisted_session.subject_id,
        reason=end,
        assisted_session_id=assisted_session.pk,
    )


def end_open_assisted_session(*, official: User, end: str) -> None:
    assisted_session = AssistedSession.objects.filter(official=official, ended_at=None).first()
    if assisted_session:
        end_assisted_session(assisted_session=assisted_session, end=end)


def note_signed(*, assisted_session: AssistedSession) -> None:
    """The person signed the words that were read to them: the photo of the sheet is there."""
    assisted_session.consent_how = AssistedSession.ConsentHow.SHEET
    AssistedSession.objects.filter(pk=assisted_session.pk).update(consent_how=assisted_session.consent_how)

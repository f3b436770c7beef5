"""Opening and ending the session in which an official acts for one person."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import Case, User
from dsp_platform.audit import services as audit


@transaction.atomic
def open_case(*, official: User, subject_id: int | None, reason: str, consent_text: str) -> Case:
    """End the official's open case and open this one. ``subject_id`` is None for a person not registered yet.

    Asking twice for the same registered person (a double click) returns the case already open.
    """
    # The lock serialises two tabs of one official: the constraint "one open case" is never violated.
    User.objects.select_for_update(no_key=True).get(pk=official.pk)
    current = Case.objects.filter(official=official, ended_at=None).first()
    if current and subject_id is not None and current.subject_id == subject_id:
        return current
    if current:
        end_case(case=current, end=Case.End.SWITCHED)
    case = Case.objects.create(
        official=official, subject_id=subject_id, reason=reason, consent_text=consent_text
    )
    audit.record(
        actor=official,
        action="open_case",
        subject_kind="person",
        subject_id=subject_id,
        reason=reason,
        case_id=case.pk,
    )
    return case


@transaction.atomic
def attach_subject(*, case: Case, subject_id: int) -> None:
    """The person of this case has been registered. A case never changes from one person to another."""
    attached = Case.objects.filter(pk=case.pk, subject_id=None).update(subject_id=subject_id)
    if not attached:
        case.refresh_from_db(fields=["subject_id"])
        if case.subject_id != subject_id:
            raise ValueError("This case is about another person.")
        return
    case.subject_id = subject_id
    audit.record(
        actor=case.official,
        action="open_case",
        subject_kind="person",
        subject_id=subject_id,
        reason=case.reason,
        case_id=case.pk,
    )


def lock_case(*, user: User, case: Case | None) -> None:
    """Lock the case until the transaction ends: it must be this official's own and still open.

    Another tab may have ended it since the request began. Raises PermissionDenied.
    """
    if case is None:
        return
    still_open = Case.objects.select_for_update(no_key=True).filter(pk=case.pk, official=user, ended_at=None)
    if not still_open.exists():
        raise PermissionDenied("the case is not open, or another official's")


@transaction.atomic
def end_case(*, case: Case, end: str) -> None:
    """Ending a case that has already ended changes nothing."""
    now = timezone.now()
    if not Case.objects.filter(pk=case.pk, ended_at=None).update(ended_at=now, end=end):
        return
    case.ended_at, case.end = now, end
    audit.record(
        actor=case.official,
        action="end_case",
        subject_kind="person",
        subject_id=case.subject_id,
        reason=end,
        case_id=case.pk,
    )


def end_open_case(*, official: User, end: str) -> None:
    case = Case.objects.filter(official=official, ended_at=None).first()
    if case:
        end_case(case=case, end=end)

"""Somebody is asked to come back to the counter on a day; it ends when they came, or need not come."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import lock_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import services as audit
from registry.models import Appointment, Person

KEPT = timedelta(days=180)
LATEST = timedelta(days=180)
"""How far ahead somebody is asked for."""


@transaction.atomic
def make_appointment(
    *, person: Person, official: User, assisted_session: AssistedSession, day: date, reason: str, note: str
) -> Appointment:
    """One for each reason: made again it has another day. Raises PermissionDenied without the open case."""
    lock_assisted_session(user=official, assisted_session=assisted_session)
    appointment, _made = Appointment.objects.update_or_create(
        person=person,
        reason=reason,
        ended_at=None,
        defaults={
            "day": day,
            "note": note or None,
            "area_code": official.area_code,
            "made_by": official,
            "assisted_session_id": assisted_session.pk,
            "made_at": timezone.now(),
        },
    )
    _recorded(appointment, "make_appointment", official, assisted_session, reason)
    return appointment


@transaction.atomic
def end_appointment(
    *, appointment: Appointment, official: User, assisted_session: AssistedSession, end: str
) -> None:
    """One that has ended stays as it is."""
    lock_assisted_session(user=official, assisted_session=assisted_session)
    ended = Appointment.objects.filter(pk=appointment.pk, ended_at=None).update(
        ended_at=timezone.now(), ended_by=official, end=end
    )
    if ended:
        _recorded(appointment, "end_appointment", official, assisted_session, end)


def purge_appointments() -> int:
    """Half a year after the day they were asked for."""
    return Appointment.objects.filter(day__lt=timezone.localdate() - KEPT).delete()[0]


def _recorded(
    appointment: Appointment, action: str, official: User, assisted_session: AssistedSession, reason: str
) -> None:
    audit.record(
        actor=official,
        action=action,
        subject_kind="person",
        subject_id=appointment.person_id,
        reason=reason,
        assisted_session_id=assisted_session.pk,
    )

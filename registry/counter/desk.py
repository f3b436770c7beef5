"""What the desk of an office shows besides the search: today's cases, and what waits there."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit import selectors as audited
from dsp_platform.audit.actions import ASSISTED_SESSION, Effect, known_reason, my_data_labels
from dsp_platform.database.days import start_of
from dsp_platform.translations.label import Label
from registry.appointments.selectors import appointments_at
from registry.changes.hearings.visibility import requests_about_relatives
from registry.changes.kinds import KINDS
from registry.changes.selectors import changes_to_decide
from registry.counter.listed import record_listed_once
from registry.models import Appointment, ChangeRequest
from registry.persons.labels import full_name
from registry.persons.selectors import persons_visible_to

SHOWN = 10
# Counted no further: nobody works through more of them in a day.
COUNTED = 100


@dataclass(frozen=True, slots=True)
class TodaysCase:
    opened_at: datetime
    is_open: bool
    name: str
    """Empty before a registration, and of who has left the area."""
    reason: Label
    done: list[Label]


@dataclass(frozen=True, slots=True)
class WaitingChange:
    reference: str
    title: Label
    asked_by: str
    """Empty where the household asked itself, or where it is about the official's own people."""
    of_relatives: bool
    days: int


def todays_cases(official: User) -> list[TodaysCase] | None:
    """The latest ones of this official; None where they never had one."""
    whose = persons_visible_to(official).filter(pk=OuterRef("subject_id"))
    opened = AssistedSession.objects.filter(official=official).annotate(
        family_name=Subquery(whose.values("family_name")[:1]),
        given_name=Subquery(whose.values("given_name")[:1]),
    )
    latest, today = list(opened.order_by("-opened_at")[:SHOWN]), start_of(timezone.localdate())
    cases = [case for case in latest if case.opened_at >= today]
    if not cases:
        return [] if latest else None
    labels, done = my_data_labels(Effect.CHANGE), audited.actions_by_session([case.pk for case in cases])
    return [
        TodaysCase(
            opened_at=case.opened_at,
            is_open=case.ended_at is None,
            name=full_name({"family_name": case.family_name, "given_name": case.given_name}),
            reason=known_reason(ASSISTED_SESSION, case.reason),
            done=[labels[action] for action in done.get(case.pk, []) if action in labels],
        )
        for case in cases
    ]


def waiting_changes(official: User) -> tuple[list[WaitingChange], int]:
    """The oldest ones, and how many there are, at most ``COUNTED``. Without names, as in their queue."""
    waiting = list(changes_to_decide(official)[:COUNTED])
    shown = waiting[:SHOWN]
    of_relatives = requests_about_relatives(official, shown)
    return [_waiting(one, of_relatives=one.pk in of_relatives) for one in shown], len(waiting)


def expected(request: HttpRequest, official: User) -> list[Appointment]:
    """Who is asked to come back, the next one first.

    Of each person it is recorded once a day that the official read the name.
    """
    rows = list(appointments_at(official)[:SHOWN])
    record_listed_once(request, official, [row.person_id for row in rows], reason="appointment")
    return rows


def _waiting(one: ChangeRequest, *, of_relatives: bool) -> WaitingChange:
    by_office = one.asked_by.is_official and not of_relatives
    return WaitingChange(
        reference=one.reference,
        title=KINDS[one.kind].title,
        asked_by=one.asked_by.staff_name if by_office else "",
        of_relatives=of_relatives,
        days=(timezone.now() - one.asked_at).days,
    )

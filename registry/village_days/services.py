"""A village day is planned, its households are visited by one official each, and written down."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.database import locks
from registry.models import Area, HouseholdVisit, VillageDay
from registry.persons.scope import in_area
from registry.village_days.errors import DayNotOpen, NobodyToVisit, TakenByColleague, VisitedByColleague
from registry.village_days.households import households_chosen, why_nobody
from registry.village_days.selectors import (
    LEASE,
    may_cancel,
    may_write_down,
    officials_for,
    takes_part,
    village_days_of,
    visits_of,
)

KEPT = timedelta(days=730)
LATEST = timedelta(days=180)
"""How far ahead a day is planned."""
MOST = 300
"""Households of one day. Of a larger village the others are taken by the next day."""
Outcome = HouseholdVisit.Outcome


@transaction.atomic
def plan_village_day(
    *,
    actor: User,
    village: Area,
    day: date,
    officials: Sequence[User],
    chosen: str,
    not_since: date | None = None,
) -> VillageDay:
    """Raises PermissionDenied; NothingRegistered; NoneChosen where no such household lives there;
    NobodyToVisit where all of them are on the list of another day."""
    if village.level != Area.Level.VILLAGE or not in_area(actor, village.code):
        raise PermissionDenied("the village is outside this official's area")
    own = officials_for(village).filter(pk__in=[one.pk for one in officials])
    if not officials or len(own) != len({one.pk for one in officials}):
        raise PermissionDenied("only officials of the village's commune and district take part")
    # Two who plan at once would put one household on two lists.
    locks.lock(locks.LockName.VILLAGE_DAYS, village.code)
    households = households_chosen(village=village, chosen=chosen, not_since=not_since)
    listed = list(households.order_by("address", "number").values_list("pk", flat=True)[:MOST])
    if not listed:
        raise why_nobody(village=village, chosen=chosen, not_since=not_since)
    planned = VillageDay.objects.create(
        day=day, village=village, chosen=chosen, not_since=not_since, planned_by=actor
    )
    planned.officials.set(own)
    HouseholdVisit.objects.bulk_create(
        HouseholdVisit(village_day=planned, household_id=pk, number=number)
        for number, pk in enumerate(listed, 1)
    )
    audit.record(
        actor=actor,
        action="plan_village_day",
        subject_kind="villageday",
        subject_id=planned.pk,
        details={"rows": len(listed)},
    )
    return planned


@transaction.atomic
def cancel_village_day(*, actor: User, village_day: VillageDay) -> None:
    """What was written down stays. Raises PermissionDenied."""
    found = village_days_of(actor).filter(pk=village_day.pk).first()
    if found is None or not may_cancel(actor, found):
        raise PermissionDenied(
            "an office above that of this official planned it, or it is outside their area"
        )
    cancelled = VillageDay.objects.filter(pk=village_day.pk, cancelled_at=None)
    if cancelled.update(cancelled_at=timezone.now()):
        audit.record(
            actor=actor, action="cancel_village_day", subject_kind="villageday", subject_id=village_day.pk
        )


@transaction.atomic
def take_next(*, actor: User, village_day: VillageDay) -> HouseholdVisit:
    """The one that this official has already, else the first on the list that nobody visits. Raises
    PermissionDenied, DayNotOpen, NobodyToVisit."""
    _lock(actor, village_day)
    now = timezone.now()
    waiting = visits_of(actor, village_day).filter(outcome="")
    if own := waiting.filter(taken_by=actor, taken_until__gt=now).first():
        return own
    free = waiting.filter(Q(taken_until=None) | Q(taken_until__lte=now)).first()
    if free is None:
        raise NobodyToVisit
    return _take(free, actor, now)


@transaction.atomic
def take_visit(*, actor: User, visit: HouseholdVisit) -> HouseholdVisit:
    """This one: it is next on the way, or nobody was at home before. Raises PermissionDenied, DayNotOpen,
    TakenByColleague, VisitedByColleague."""
    current = _lock_visit(actor, visit)
    now = timezone.now()
    if current.taken_by_id != actor.pk and current.is_taken(now):
        raise TakenByColleague(current)
    if current.outcome not in ("", Outcome.NOBODY) and current.visited_by_id != actor.pk:
        raise VisitedByColleague(current)
    return _take(current, actor, now)


@transaction.atomic
def give_back(*, actor: User, visit: HouseholdVisit) -> None:
    """Another official may take it at once. Raises PermissionDenied, DayNotOpen."""
    _lock_visit(actor, visit)
    HouseholdVisit.objects.filter(pk=visit.pk, taken_by=actor).update(taken_until=None)


@transaction.atomic
def record_visit(*, actor: User, visit: HouseholdVisit, outcome: str, note: str) -> None:
    """Again by the same official it is corrected. Raises PermissionDenied, DayNotOpen, TakenByColleague,
    VisitedByColleague."""
    current = _lock_visit(actor, visit)
    now = timezone.now()
    if not may_write_down(actor, current, now):
        raise TakenByColleague(current) if current.is_taken(now) else VisitedByColleague(current)
    HouseholdVisit.objects.filter(pk=current.pk).update(
        outcome=outcome, note=note or None, visited_by=actor, visited_at=now, taken_until=None
    )
    audit.record(
        actor=actor,
        action="record_visit",
        subject_kind="household",
        subject_id=current.household_id,
        reason=outcome,
    )


def purge_village_days() -> int:
    """With their visits."""
    return VillageDay.objects.filter(day__lt=timezone.localdate() - KEPT).delete()[0]


def _lock(actor: User, village_day: VillageDay) -> VillageDay:
    """One after the other: two officials of a day never get the same household."""
    locked = VillageDay.objects.select_for_update(no_key=True).get(pk=village_day.pk)
    if not takes_part(actor, locked):
        raise PermissionDenied("this official does not take part")
    if not locked.is_open:
        raise DayNotOpen
    return locked


def _lock_visit(actor: User, visit: HouseholdVisit) -> HouseholdVisit:
    village_day = _lock(actor, visit.village_day)
    current = visits_of(actor, village_day).filter(pk=visit.pk).first()
    if current is None:
        raise PermissionDenied("the household is outside this official's area")
    return current


def _take(visit: HouseholdVisit, actor: User, now: datetime) -> HouseholdVisit:
    visit.taken_by, visit.taken_until = actor, now + LEASE
    visit.save(update_fields=["taken_by", "taken_until"])
    audit.record(actor=actor, action="take_visit", subject_kind="household", subject_id=visit.household_id)
    return visit

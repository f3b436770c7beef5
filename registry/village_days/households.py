"""Which households of a village are visited."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from registry.models import (
    Appointment,
    Area,
    ChangeDraft,
    ChangeRequest,
    Household,
    HouseholdVisit,
    Membership,
    VillageDay,
)
from registry.persons.scope import COMMUNE
from registry.village_days.errors import NobodyToVisit, NoneChosen, NothingRegistered

Chosen = VillageDay.Chosen
SEEN = (HouseholdVisit.Outcome.VISITED, HouseholdVisit.Outcome.CHANGED)
"""Somebody of the household was spoken to."""


def households_chosen(*, village: Area, chosen: str, not_since: date | None = None) -> QuerySet[Household]:
    """Without those that another village day has on its list, now or later."""
    households = _lived_in(village).filter(_condition(village, chosen, not_since))
    return households.exclude(Exists(_planned()))


def why_nobody(*, village: Area, chosen: str, not_since: date | None = None) -> NobodyToVisit:
    """Where none of those chosen is left for a day."""
    households = _lived_in(village)
    if not households.exists():
        return NothingRegistered()
    return (
        NobodyToVisit()
        if households.filter(_condition(village, chosen, not_since)).exists()
        else NoneChosen()
    )


def _lived_in(village: Area) -> QuerySet[Household]:
    lived_in = Membership.objects.current().filter(household=OuterRef("pk"))
    return Household.objects.filter(Exists(lived_in), village=village, closed_on=None)


def _planned() -> QuerySet[HouseholdVisit]:
    visits = HouseholdVisit.objects.filter(household=OuterRef("pk"), outcome="")
    return visits.filter(village_day__day__gte=timezone.localdate(), village_day__cancelled_at=None)


def _condition(village: Area, chosen: str, not_since: date | None) -> Q:
    match chosen:
        case Chosen.UNVISITED:
            visits = HouseholdVisit.objects.filter(household=OuterRef("pk"), outcome__in=SEEN)
            return ~Q(Exists(visits.filter(village_day__day__gte=not_since) if not_since else visits))
        case Chosen.EXPECTED:
            return Q(Exists(_expected(village.code[:COMMUNE])))
        case Chosen.CHANGES:
            waiting = ChangeRequest.objects.filter(
                household=OuterRef("pk"), state__in=ChangeRequest.OPEN_STATES
            )
            return Q(Exists(waiting))
        case _:
            return Q()


def _expected(commune: str) -> QuerySet[Membership]:
    """What was begun on a person's own phone is theirs alone: the office learns nothing of it."""
    appointments = Appointment.objects.filter(ended_at=None, area_code__startswith=commune)
    begun = ChangeDraft.objects.filter(request=None).exclude(assisted_session_id=None)
    cases = AssistedSession.objects.filter(
        pk__in=begun.values("assisted_session_id"), official__area_code__startswith=commune
    )
    return Membership.objects.current().filter(
        Q(person__in=appointments.values("person")) | Q(person__in=cases.values("subject_id")),
        household=OuterRef("pk"),
    )

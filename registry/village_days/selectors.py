"""Which village days and visits an official sees, and the numbers of a day. Fails closed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff.services import joined
from dsp_platform.translations.label import Label
from registry.models import Area, ChangeRequest, Household, HouseholdVisit, Membership, VillageDay
from registry.persons.scope import COMMUNE, DISTRICT, household_ids, in_area

SHOWN = timedelta(days=30)
SHOWN_UNDER_WAY = 5
LEASE = timedelta(minutes=60)
"""How long a household is one official's, without anything being written down."""
Outcome = HouseholdVisit.Outcome


def village_days_of(user: User) -> QuerySet[VillageDay]:
    """In the area of this official, whoever planned them."""
    if not (user.is_active and user.is_official and user.area_code):
        return VillageDay.objects.none()
    days = VillageDay.objects.filter(village__code__startswith=user.area_code)
    return days.select_related("village__parent", "planned_by")


def recent_village_days(user: User) -> QuerySet[VillageDay]:
    since = timezone.localdate() - SHOWN
    return village_days_of(user).filter(day__gte=since).order_by("-day", "-pk")


def takes_part(user: User, village_day: VillageDay) -> bool:
    """Who has moved to another office meanwhile does not."""
    return in_area(user, village_day.village_id) and village_day.officials.filter(pk=user.pk).exists()


def may_cancel(user: User, village_day: VillageDay) -> bool:
    """Whose office is that of who planned it, or above it. Who planned it may be at another one by now."""
    planned_at = len(village_day.planned_by.area_code) or COMMUNE
    return in_area(user, village_day.village_id) and len(user.area_code) <= planned_at


def may_write_down(user: User, visit: HouseholdVisit, now: datetime | None = None) -> bool:
    """Who visits it now, and no colleague; else whoever comes from it, also from paper, and after that only
    they, to correct it."""
    if visit.is_taken(now):
        return visit.taken_by_id == user.pk
    return not visit.outcome or visit.visited_by_id == user.pk


def officials_for(village: Area) -> QuerySet[User]:
    """Who can sign in at the counter of the village's commune, then those of its district."""
    officials = User.objects.exclude(role=Role.CITIZEN).filter(
        role=Role.OFFICIAL, area_code__in=(village.code[:COMMUNE], village.code[:DISTRICT])
    )
    return joined(officials).order_by("-area_code", "full_name", "username")


def visits_of(user: User, village_day: VillageDay) -> QuerySet[HouseholdVisit]:
    """In the order of the list."""
    visits = _visits_visible_to(user).filter(village_day=village_day)
    return visits.select_related("household", "taken_by", "visited_by").order_by("number")


def visit_of(user: User, pk: int) -> HouseholdVisit | None:
    visits = _visits_visible_to(user).filter(pk=pk, village_day__in=village_days_of(user).values("pk"))
    return visits.select_related("village_day__village", "household", "taken_by", "visited_by").first()


def _visits_visible_to(user: User) -> QuerySet[HouseholdVisit]:
    """Without households that have left the area of this official, or were closed."""
    visible = Household.objects.filter(household_ids(user), closed_on=None)
    return HouseholdVisit.objects.filter(household__in=visible)


def visit_before(visit: HouseholdVisit) -> HouseholdVisit | None:
    """The last one on another day of this village: what offices elsewhere noted stays with them."""
    others = HouseholdVisit.objects.filter(
        household=visit.household_id, village_day__village=visit.village_day.village_id
    )
    written = others.exclude(pk=visit.pk).exclude(outcome="")
    return written.select_related("visited_by").order_by("-visited_at").first()


def visits_under_way(user: User) -> list[HouseholdVisit]:
    """Which this official took on and has neither written down nor given back."""
    days = village_days_of(user).values("pk")
    own = _visits_visible_to(user).filter(taken_by=user, taken_until__isnull=False, village_day__in=days)
    visits = own.select_related("village_day__village", "household").order_by("-taken_until")
    return [one for one in visits[:SHOWN_UNDER_WAY] if one.village_day.is_open]


def changed_on_visit(user: User, visit: HouseholdVisit) -> bool:
    """Whether they registered a change of this household in a case since they took on the visit."""
    if visit.taken_until is None or visit.taken_by_id != user.pk:
        return False
    return ChangeRequest.objects.filter(
        household=visit.household_id,
        asked_by=user,
        asked_at__gte=visit.taken_until - LEASE,
        assisted_session_id__isnull=False,
    ).exists()


def with_heads(visits: Iterable[HouseholdVisit]) -> list[tuple[HouseholdVisit, Membership | None]]:
    """Each with its head, or whoever was first where a household has none."""
    found = list(visits)
    heads: dict[int, Membership] = {}
    members = Membership.objects.current().filter(household__in=[one.household_id for one in found])
    for member in members.select_related("person").order_by("pk"):
        if member.household_id not in heads or member.relationship == Membership.Relationship.HEAD:
            heads[member.household_id] = member
    return [(visit, heads.get(visit.household_id)) for visit in found]


@dataclass(slots=True)
class Row:
    official: User
    counts: dict[str, int] = field(default_factory=dict)
    taken: bool = False

    @property
    def written(self) -> int:
        return sum(self.counts.values())

    @property
    def outcomes(self) -> list[tuple[Label, int]]:
        return [(label, self.counts.get(outcome, 0)) for outcome, label in Outcome.choices]


@dataclass(frozen=True, slots=True)
class Numbers:
    households: int
    rows: list[Row]

    @property
    def written(self) -> int:
        return sum(row.written for row in self.rows)

    @property
    def left(self) -> int:
        return self.households - self.written

    @property
    def outcomes(self) -> list[tuple[Label, int]]:
        counts = [row.counts for row in self.rows]
        return [(label, sum(one.get(outcome, 0) for one in counts)) for outcome, label in Outcome.choices]


def numbers_of(village_day: VillageDay) -> Numbers:
    """Without any household's name or number. Also of officials who do not take part any more."""
    visits = village_day.visits.order_by()
    written = list(visits.exclude(outcome="").values_list("visited_by", "outcome").annotate(Count("pk")))
    taken = {*visits.filter(taken_until__gt=timezone.now()).values_list("taken_by", flat=True)}
    part = village_day.officials.values("pk")
    officials = User.objects.filter(Q(pk__in=part) | Q(pk__in=[one for one, _outcome, _count in written]))
    rows = {one.pk: Row(one, taken=one.pk in taken) for one in officials.order_by("full_name", "username")}
    for official, outcome, count in written:
        rows[official].counts[outcome] = count
    return Numbers(visits.count(), [*rows.values()])

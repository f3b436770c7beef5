"""Finding the team of a grievance. It always has one: the default team takes what no other does."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from dsp_platform.accounts.models import DECIDING_DUTIES, Role, User
from dsp_platform.exchange.models import Operator
from grievances.models import Grievance, RoutingRule, Team, default_team
from grievances.routing.table import LEVELS, ONLY_SECRETARIAT
from registry.models import Area, Programme

Kind = Team.Kind
LENGTHS = {Kind.COMMUNE: 6, Kind.DISTRICT: 4, Kind.PROVINCE: 2}
"""Digits of the code of an area of each level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a grievance is about, as far as the routing asks."""

    category: str
    operator: Operator | None = None
    programme: Programme | None = None
    area: Area | None = None


def subject_of(grievance: Grievance) -> Subject:
    return Subject(
        category=grievance.category,
        operator=grievance.operator,
        programme=grievance.programme,
        area=grievance.area,
    )


def route(subject: Subject) -> Team:
    found = (team for team in (*_by_rules(subject), *_by_levels(subject)) if may_get(team, subject))
    return next(found, None) or Team.objects.get(pk=default_team())


def may_get(team: Team, subject: Subject) -> bool:
    """Never whom a grievance is about, nor those below or above them at the same place."""
    if subject.category in ONLY_SECRETARIAT and team.kind != Kind.SECRETARIAT:
        return False
    return team.kind == Kind.OPERATOR or has_members(team)


def _by_rules(subject: Subject) -> Iterator[Team]:
    rules = RoutingRule.objects.filter(
        Q(category=subject.category) | Q(category=""),
        Q(programme=subject.programme) | Q(programme=None),
        Q(area__in=_places(subject.area)) | Q(area=None),
    )
    # A place says more than a programme, and that more than a category alone.
    narrowest = sorted(
        rules.select_related("team"),
        key=lambda rule: (len(rule.area_id or ""), rule.programme_id is not None, rule.category != ""),
        reverse=True,
    )
    return (rule.team for rule in narrowest)


def _by_levels(subject: Subject) -> Iterator[Team]:
    for kind in LEVELS[subject.category]:
        if kind == Kind.OPERATOR:
            if subject.operator is not None:
                yield team_of_operator(subject.operator)
        elif subject.area is not None:
            code = subject.area.code[: LENGTHS[Kind(kind)]]
            yield from Team.objects.filter(kind=kind, area=code).order_by("pk")


def team_of_operator(operator: Operator) -> Team:
    """Its first; of its whole office where nobody made one."""
    found = Team.objects.filter(kind=Kind.OPERATOR, operator=operator).order_by("pk").first()
    names = {f"name_{code}": getattr(operator, f"name_{code}") or operator.code for code in ("km", "en")}
    return found or Team.objects.create(kind=Kind.OPERATOR, operator=operator, **names)


def level_above(team: Team, subject: Subject) -> Team | None:
    """Who gets what is late, or was not solved; None at the top."""
    if team.above is not None and may_get(team.above, subject):
        return team.above
    if team.kind in Team.OF_AREAS and team.area is not None:
        places = [code for code in _places(team.area) if code != team.area_id]
        for above in Team.objects.filter(area__in=places).order_by("-area_id", "pk"):
            if may_get(above, subject):
                return above
    return None if team.is_default else Team.objects.get(pk=default_team())


def _places(area: Area | None) -> list[str]:
    return [area.code[:length] for length in (2, 4, 6, 8) if len(area.code) >= length] if area else []


def active_members(team: Team) -> QuerySet[User]:
    """Those named; of a team without any its whole office."""
    named = User.objects.filter(pk__in=team.members.values("pk"))
    if not named.exists():
        named = _office(team)
    return named.filter(is_active=True, duty__in=DECIDING_DUTIES)


def _office(team: Team) -> QuerySet[User]:
    if team.kind == Kind.OPERATOR:
        return User.objects.filter(role=Role.REVIEWER, operator_code=team.operator_id)
    return User.objects.filter(role=Role.STEWARD) if team.kind == Kind.SECRETARIAT else User.objects.none()


def has_members(team: Team) -> bool:
    return active_members(team).exists()

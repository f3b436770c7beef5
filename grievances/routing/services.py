"""Finding the team of a grievance. It always has one: the default team takes what no other does."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from dsp_platform.exchange.models import Operator
from grievances.categories import LEVELS, SENSITIVE
from grievances.models import Grievance, RoutingRule, Team, default_team
from grievances.routing.levels import leads_up_to, of_larger_areas
from grievances.routing.members import LENGTHS, has_members, is_impartial, places
from registry.models import Area, Programme

Kind = Team.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a grievance is about, as far as the routing asks."""

    category: str
    operator: Operator | None = None
    programme: Programme | None = None
    area: Area | None = None
    office: Area | None = None
    """Of the official it is about."""


def matter_of(grievance: Grievance) -> Matter:
    return Matter(
        category=grievance.category,
        operator=grievance.operator,
        programme=grievance.programme,
        area=grievance.area,
        office=grievance.office,
    )


def route(matter: Matter) -> Team:
    found = (team for team in (*_by_rules(matter), *_by_levels(matter)) if may_get(team, matter))
    return next(found, None) or Team.objects.get(pk=default_team())


def may_get(team: Team, matter: Matter) -> bool:
    """Never whom a grievance is about, nor those below or above them at the same place."""
    if matter.category in SENSITIVE and team.kind != Kind.SECRETARIAT:
        return False
    if matter.office is not None and not is_impartial(team, matter.office):
        return False
    return team.kind == Kind.OPERATOR or has_members(team)


def _by_rules(matter: Matter) -> Iterator[Team]:
    rules = RoutingRule.objects.filter(
        Q(category=matter.category) | Q(category=""),
        Q(programme=matter.programme) | Q(programme=None),
        Q(area__in=places(matter.area.code if matter.area else "")) | Q(area=None),
    )
    # A place says more than a programme, and that more than a category alone.
    narrowest = sorted(
        rules.select_related("team"),
        key=lambda rule: (len(rule.area_id or ""), rule.programme_id is not None, rule.category != ""),
        reverse=True,
    )
    return (rule.team for rule in narrowest)


def _by_levels(matter: Matter) -> Iterator[Team]:
    for kind in LEVELS[matter.category]:
        if kind == Kind.OPERATOR:
            if matter.operator is not None:
                yield team_of_operator(matter.operator)
        elif matter.area is not None:
            code = matter.area.code[: LENGTHS[Kind(kind)]]
            yield from Team.objects.filter(kind=kind, area=code).order_by("pk")


def team_of_operator(operator: Operator) -> Team:
    """Its first; of its whole office where nobody made one."""
    found = Team.objects.filter(kind=Kind.OPERATOR, operator=operator).order_by("pk").first()
    names = {f"name_{code}": getattr(operator, f"name_{code}") or operator.code for code in ("km", "en")}
    return found or Team.objects.create(kind=Kind.OPERATOR, operator=operator, **names)


def level_above(team: Team, matter: Matter) -> Team | None:
    """Who gets what is late, or was not solved; None at the top: the default team. Ends also where teams
    stand in a circle: then none of it is above another."""
    if team.is_default:
        return None
    named = team.above
    if named is not None and not leads_up_to(named.pk, team) and may_get(named, matter):
        return named
    found = (above for above in of_larger_areas(team) if may_get(above, matter))
    return next(found, None) or Team.objects.get(pk=default_team())

"""Which team is above which. What goes up comes to an end: at the default team, if nowhere before."""

from collections.abc import Iterable

from django.db import transaction

from dsp_platform.database.locks import LockName, lock
from grievances.errors import CircleOfTeams
from grievances.models import Team
from grievances.routing.members import places


@transaction.atomic
def save_team(*, team: Team, fields: Iterable[str] | None = None) -> Team:
    """``fields``: None of a new one. Raises CircleOfTeams."""
    refuse_circle(team)
    team.save(update_fields=fields)
    return team


def refuse_circle(team: Team) -> None:
    """Until the transaction ends nobody else changes what is above what: two who do so at once make no circle
    together. Raises CircleOfTeams."""
    lock(LockName.LEVELS_OF_TEAMS)
    if team.is_default and team.above_id:
        raise CircleOfTeams  # every other one leads to it
    if any(leads_up_to(above, team) for above in _keys_above(team)):
        raise CircleOfTeams


def leads_up_to(start: int, goal: Team) -> bool:
    """Whether what goes up from the team of this key can come to the other, as it is or is to be saved."""
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        if (key := waiting.pop()) in seen:
            continue
        seen.add(key)
        team = Team.objects.get(pk=key)  # as it is now, whenever the caller has read it
        if team.pk == goal.pk or (goal.area_id and goal.area_id in _larger(team)):
            return True
        waiting += _keys_above(team)
    return False


def of_larger_areas(team: Team) -> list[Team]:
    """The next larger first."""
    larger = _larger(team)
    return list(Team.objects.filter(area__in=larger).order_by("-area_id", "pk")) if larger else []


def _keys_above(team: Team) -> list[int]:
    """Of whichever can be next, which depends on what a grievance is about. Without the default team: each
    comes to it, and nothing is above it."""
    if team.is_default:
        return []
    named = [team.above_id] if team.above_id else []
    return [*named, *(above.pk for above in of_larger_areas(team))]


def _larger(team: Team) -> list[str]:
    return [code for code in places(team.area_id or "") if code != team.area_id]

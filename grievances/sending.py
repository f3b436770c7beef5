"""Giving a grievance to a team, at first or up to the level above: past teams in which nobody may answer it,
in the end to the default team. Stewards are told of what came there because no other took it."""

from typing import Any

from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from grievances.categories import SENSITIVE
from grievances.models import Grievance, Team
from grievances.routing.services import level_above, matter_of, route
from grievances.who_may import is_answered_in
from grievances.workflow import grievance_workflow

OF_TEAM = ("team", "team_since", "taken_by_no_team")
"""The fields that are set here."""


def send(grievance: Grievance) -> None:
    """To the team that takes what it is about. The caller saves it."""
    team = _first_with_answer(route(matter_of(grievance)), grievance)
    _give(grievance, team, has_fallen=team.is_default)


def go_up(grievance: Grievance, step: str, *, assisted_session: AssistedSession | None, **taken: Any) -> None:
    """Whatever sends it there: its handler, the deadline, or whoever is not content with the answer. It is
    of the team above from now on, and no more of the one that had it. The default team, which is the last,
    begins again. ``taken``: as ``Workflow.take_step``."""
    above, team = level_above(grievance.team, matter_of(grievance)), team_above(grievance)
    has_fallen = team.is_default and team != above if above else grievance.taken_by_no_team
    grievance_workflow.take_step(grievance, step, assisted_session=assisted_session, **taken)
    _give(grievance, team, has_fallen=has_fallen)
    grievance.save(update_fields=OF_TEAM)


def team_above(grievance: Grievance) -> Team:
    """To which it goes up; its own, where that is the last."""
    above = level_above(grievance.team, matter_of(grievance))
    return _first_with_answer(above, grievance) if above else grievance.team


def escalate(grievance: Grievance) -> bool:
    if grievance.team.is_default:
        return False
    go_up(grievance, "escalate", actor=None, assisted_session=None)
    return True


def _first_with_answer(team: Team, grievance: Grievance) -> Team:
    while not is_answered_in(team, grievance):
        above = level_above(team, matter_of(grievance))
        if above is None:
            break
        team = above
    return team


def _give(grievance: Grievance, team: Team, *, has_fallen: bool) -> None:
    grievance.team, grievance.team_since = team, timezone.now()
    grievance.taken_by_no_team = has_fallen and grievance.category not in SENSITIVE

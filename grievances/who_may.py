"""Who of a team may answer a grievance, and to which team it goes so that somebody may."""

from collections.abc import Iterator

from dsp_platform.accounts.models import User
from dsp_platform.casework.deciders import error_of
from grievances.deciders import grievance_deciders
from grievances.models import Grievance, Team
from grievances.routing.members import active_members
from grievances.routing.services import level_above, route, subject_of


def who_may_answer(grievance: Grievance, team: Team) -> Iterator[User]:
    """Active members who neither took part in what it is about nor are related to anybody in it. The
    grievance need not be stored yet."""
    for member in active_members(team):
        barred = grievance_deciders.why_not_neutral(member, grievance)
        if not (barred or error_of(grievance_deciders.check_more, member, grievance, "")):
            yield member


def team_for(grievance: Grievance) -> Team:
    """As ``route``, and from there up at once past teams in which nobody may answer it. Where nobody may at
    all it ends with the default team."""
    subject = subject_of(grievance)
    team = route(subject)
    while not _is_answered_in(team, grievance):
        above = level_above(team, subject)
        if above is None:
            break
        team = above
    return team


def _is_answered_in(team: Team, grievance: Grievance) -> bool:
    if next(who_may_answer(grievance, team), None):
        return True
    # An operator without reviewers here may answer reports, but no appeals, in a system of its own.
    # Nor what was told in secret: such a system does not get it.
    if grievance.told_in_secret:
        return False
    return grievance.decision_id is None and not active_members(team).exists()

"""Who of a team may answer a grievance."""

from collections.abc import Iterator

from dsp_platform.accounts.models import User
from dsp_platform.casework.deciders import error_of
from grievances.deciders import grievance_deciders
from grievances.models import Grievance, Team
from grievances.routing.members import active_members, has_members


def who_may_answer(grievance: Grievance, team: Team) -> Iterator[User]:
    """Active members who neither took part in what it is about nor are related to anybody in it. The
    grievance need not be stored yet."""
    for member in active_members(team):
        barred = grievance_deciders.why_not_neutral(member, grievance)
        if not (barred or error_of(grievance_deciders.check_more, member, grievance, "")):
            yield member


def is_answered_in(team: Team, grievance: Grievance) -> bool:
    if next(who_may_answer(grievance, team), None):
        return True
    # An operator without reviewers here may answer reports, but no appeals, in a system of its own.
    # Nor what was told in secret: such a system does not get it.
    if grievance.told_in_secret or grievance.decision_id is not None:
        return False
    return team.kind == Team.Kind.OPERATOR and not has_members(team)

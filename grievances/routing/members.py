"""Who is a member of a team, and of which office."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from dsp_platform.accounts.models import DECIDING_DUTIES, Role, User
from grievances.models import Team
from registry.models import Area

LENGTHS = {Team.Kind.COMMUNE: 6, Team.Kind.DISTRICT: 4, Team.Kind.PROVINCE: 2}
"""Digits of the code of an area of each level."""


def memberships() -> "QuerySet[Team.members.through]":  # type: ignore[name-defined]
    """Those that count. An official's ends to count once the area of the team lies outside of their own, and
    is none in a team without an area."""
    within = Q(team__area__code__startswith=F("user__area_code")) & ~Q(user__area_code="")
    return Team.members.through.objects.filter(~Q(user__role=Role.OFFICIAL) | within)


def active_members(team: Team) -> QuerySet[User]:
    """Those named; of a team without any its whole office."""
    if team.members.exists():
        named = User.objects.filter(pk__in=memberships().filter(team=team).values("user"))
    else:
        named = _office(team)
    return named.filter(is_active=True, duty__in=DECIDING_DUTIES)


def _office(team: Team) -> QuerySet[User]:
    if team.kind == Team.Kind.OPERATOR:
        return User.objects.filter(role=Role.REVIEWER, operator_code=team.operator_id)
    if team.kind == Team.Kind.SECRETARIAT:
        # The index of staff is read where the condition says that none is a citizen.
        return User.objects.exclude(role=Role.CITIZEN).filter(role=Role.STEWARD)
    return User.objects.none()


def has_members(team: Team) -> bool:
    return active_members(team).exists()


def teams_without_members() -> QuerySet[Team]:
    """In which nobody can work: what is with them only goes up when it is late."""
    named = memberships().filter(team=OuterRef("pk"), user__is_active=True, user__duty__in=DECIDING_DUTIES)
    anybody = Team.members.through.objects.filter(team=OuterRef("pk"))
    staff = User.objects.filter(is_active=True, duty__in=DECIDING_DUTIES)
    reviewers = staff.filter(role=Role.REVIEWER, operator_code=OuterRef("operator_id"))
    of_operator = Q(Exists(reviewers), kind=Team.Kind.OPERATOR)
    of_secretariat = Q(Exists(staff.filter(role=Role.STEWARD)), kind=Team.Kind.SECRETARIAT)
    return Team.objects.exclude(Exists(named)).exclude(~Q(Exists(anybody)) & (of_operator | of_secretariat))


def is_impartial(team: Team, office: Area) -> bool:
    """Neither of the office that a grievance is about, nor of one below it, nor left to its chief alone: to
    one official of the office above."""
    if team.kind not in Team.OF_AREAS or team.area is None:
        return True
    if team.area.code.startswith(office.code):
        return False
    members = active_members(team).values_list("role", "area_code")
    others = [one for one in members if not (one[0] == Role.OFFICIAL and one[1].startswith(office.code))]
    chief = (Role.OFFICIAL, office.parent_id)
    return len(others) > 1 or bool(others and others[0] != chief)


def places(code: str) -> list[str]:
    """Codes of an area and of those that it lies in; none of an empty one."""
    return [code[:length] for length in (2, 4, 6, 8) if len(code) >= length]

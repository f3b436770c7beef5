"""Who of the staff handles a grievance: one rule, for lists, pages, files, search, exports and assignment."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from dsp_platform.accounts.models import DECIDING_DUTIES, READING_DUTIES, Role, User
from dsp_platform.web.request_cache import cached_per_request
from grievances.categories import SENSITIVE
from grievances.models import Team
from grievances.routing.members import memberships, places

_NEVER = Q(pk__in=[])  # left out of the query
_ALWAYS = ~_NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody, as conditions on a row of the grievances."""

    is_active: Q
    is_steward: Q
    is_reviewer: Q
    is_official: Q
    answers_sensitive: Q
    is_in_its_team: Q
    """Named in it, or a reviewer of its whole office where nobody is."""
    is_of_its_office: Q
    """The office that it is about, or one below that."""
    is_chief_alone: Q
    """Of the office above that, with nobody in the team who is of another one."""

    @classmethod
    def user(cls, user: User) -> "Who":
        is_named = user.is_official or user.is_reviewer
        above = Q(office__parent=user.area_code) if user.area_code else _NEVER
        return cls(
            is_active=_always(user.is_active),
            is_steward=_always(user.is_steward),
            is_reviewer=_always(user.is_reviewer),
            is_official=_always(user.is_official),
            answers_sensitive=_always(user.answers_sensitive),
            is_in_its_team=Q(team__in=teams_of(user)) if is_named else _NEVER,
            is_of_its_office=Q(office__in=places(user.area_code)),
            is_chief_alone=above & ~Q(Exists(_others().exclude(user=user))),
        )

    @classmethod
    def assignee(cls) -> "Who":
        """Whoever has it. Asked only of what somebody has."""
        role, area, no_office = "assignee__role", F("assignee__area_code"), Q(office=None)
        named = memberships().filter(team=OuterRef("team"), user=OuterRef("assignee"))
        same = Team.objects.filter(pk=OuterRef("team"), operator=OuterRef("assignee__operator_code"))
        of_whole_office = Q(**{role: Role.REVIEWER}) & Q(Exists(same.filter(members=None)))
        return cls(
            is_active=Q(assignee__is_active=True),
            is_steward=Q(**{role: Role.STEWARD}),
            is_reviewer=Q(**{role: Role.REVIEWER}, assignee__duty__in=READING_DUTIES),
            is_official=Q(**{role: Role.OFFICIAL}),
            answers_sensitive=Q(assignee__answers_sensitive=True),
            is_in_its_team=Q(Exists(named)) | of_whole_office,
            is_of_its_office=~no_office & Q(assignee__area_code__startswith=F("office")),
            is_chief_alone=~no_office
            & Q(office__parent=area)
            & ~Q(Exists(_others().exclude(user=OuterRef("assignee")))),
        )


def handled_by(who: Who) -> Q:
    """Stewards, and members of its team; sensitive ones only the stewards who are named for them.

    Once it has gone up to another team, those it comes from handle it no more. Nobody of the office that it
    is about, nor their chief alone.
    """
    harmless = ~Q(category__in=SENSITIVE)
    steward = who.is_steward & (harmless | who.answers_sensitive)
    reviewer = who.is_reviewer & who.is_in_its_team
    elsewhere = ~who.is_of_its_office & ~who.is_chief_alone
    return who.is_active & (
        steward | harmless & reviewer | harmless & who.is_official & who.is_in_its_team & elsewhere
    )


def about_office_of(official: User) -> Q:
    """About this official's office, one above it, or one of which they are the chief: also in an assisted
    session they read none of it, and act for nobody in it."""
    above = Q(office__parent=official.area_code) if official.area_code else _NEVER
    return Q(office__in=places(official.area_code)) | above


@cached_per_request
def teams_of(user: User) -> list[int]:
    """In which an official or a reviewer is named; of reviewers also those of their whole office. Read
    before: a queue is in the order of its index where the team is known."""
    own = Q(pk__in=memberships().filter(user=user).values("team"))
    if user.is_reviewer and user.operator_code:
        own |= Q(operator=user.operator_code, members=None)
    return list(Team.objects.filter(own).values_list("pk", flat=True))


def _always(holds: bool) -> Q:
    return _ALWAYS if holds else _NEVER


def _others() -> "QuerySet[Team.members.through]":  # type: ignore[name-defined]
    """Members of the team of the outer row who decide and are not of the office that it is about."""
    rows = memberships().filter(team=OuterRef("team"), user__is_active=True, user__duty__in=DECIDING_DUTIES)
    return rows.exclude(user__role=Role.OFFICIAL, user__area_code__startswith=OuterRef("office"))

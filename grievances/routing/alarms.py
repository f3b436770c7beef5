"""What stewards must mend in the routing: reports that no team took, teams in which nobody works, and nobody
named who may read sensitive reports."""

from collections.abc import Iterable

from django.db.models import QuerySet
from prometheus_client.core import Metric

from dsp_platform.accounts.models import Role, User
from dsp_platform.monitoring.metrics import gauge
from grievances.models import Grievance
from grievances.routing.members import teams_without_members


def taken_by_no_team() -> QuerySet[Grievance]:
    """Open ones that fell to the default team, the longest waiting first; not those that came to it from the
    level below, as the levels say."""
    rows = Grievance.objects.filter(taken_by_no_team=True, state__in=Grievance.OPEN_STATES)
    return rows.order_by("team_since", "pk")


def named_for_sensitive() -> QuerySet[User]:
    return User.objects.filter(role=Role.STEWARD, is_active=True, answers_sensitive=True)


def collect() -> Iterable[Metric]:
    """For ``/metrics``."""
    for name, words, rows in (
        (
            "dspp_grievances_taken_by_no_team",
            "Open reports that fell to the default team.",
            taken_by_no_team(),
        ),
        ("dspp_teams_without_members", "Teams in which nobody is active.", teams_without_members()),
        ("dspp_stewards_for_sensitive", "Stewards who read sensitive reports.", named_for_sensitive()),
    ):
        found = gauge(name, words)
        found.add_metric([], rows.count())
        yield found

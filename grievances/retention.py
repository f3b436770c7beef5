"""How long grievances are kept."""

from django.utils.translation import gettext_lazy as _

from dsp_platform.background.retention import Rule, register_rules, without_personal_data
from grievances.pins import MEMORY, purge

without_personal_data("grievances.Team", "grievances.Team_members", "grievances.RoutingRule")
register_rules(
    Rule(
        code="grievances",
        models=("grievances.Grievance", "grievances.GrievanceEvent", "grievances.GrievanceDeadline"),
        what=_("grievances and their answers"),
        why=_("whoever complained can ask again"),
    ),
    Rule(
        code="wrong-pins",
        models=("grievances.PinFailure",),
        what=_("wrong PINs of a grievance"),
        after=MEMORY,
        why=_("they make the next attempt wait"),
        purge=purge,
        clock={"grievances.PinFailure": "at"},
    ),
)

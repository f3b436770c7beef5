from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions
from registry.models import HouseholdVisit

register_actions(
    "registry.village_days",
    Action("plan_village_day", _("planned a village day"), effect=Effect.NONE),
    Action("cancel_village_day", _("cancelled a village day"), effect=Effect.NONE),
    Action("take_visit", _("took on the visit of a household"), effect=Effect.NONE),
    Action("record_visit", _("wrote down the visit of a household"), effect=Effect.NONE),
    reasons={
        "listed": {"village_day": _("The household was on the list of a village day")},
        "record_visit": dict(HouseholdVisit.Outcome.choices),
        "step_refused": {
            "DayNotOpen": _("the village day was not open"),
            "NothingRegistered": _("no household was registered in that village"),
            "NoneChosen": _("no household of that village was one of those chosen"),
            "NobodyToVisit": _("no household was left to visit"),
        },
    },
)

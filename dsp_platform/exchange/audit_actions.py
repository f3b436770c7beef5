from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions
from dsp_platform.exchange.ledger.reasons import REASONS
from dsp_platform.exchange.models import Operator

PACE = ("rate_per_minute", "quiet_from", "quiet_to")

register_actions(
    "exchange",
    Action("draft", _("drafted it")),
    Action("edit_draft", _("changed the draft")),
    Action("end", _("ended it")),
    Action("reconcile", _("had an operator compared"), effect=Effect.NONE),
    Action("trace", _("read a history of deliveries"), effect=Effect.NONE),
    Action("pause", _("paused delivery")),
    Action("resume", _("let delivery go on")),
    Action("pace", _("set pace and quiet hours")),
    subjects={"ledger": _("delivery ledger"), "report": _("status report")},
    reasons={
        "view": {
            "agreement": _("To check what an operator would be told"),
            "delivery": _("To check what operators were told"),
        },
        "retry": {code: words.text for code, words in REASONS.items()},
    },
    details={
        **{field.name: field.verbose_name for field in Operator._meta.fields if field.name in PACE},
        "operator": _("operator"),
        "reason": _("reason"),
        "begin": _("begin"),
        "end": _("end"),
    },
)

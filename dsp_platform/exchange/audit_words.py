from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.words import register_words
from dsp_platform.exchange.ledger.reasons import REASONS
from dsp_platform.exchange.models import Operator

PACE = ("rate_per_minute", "quiet_from", "quiet_to")

register_words(
    actions={
        "draft": _("drafted it"),
        "edit_draft": _("changed the draft"),
        "end": _("ended it"),
        "trace": _("read a history of deliveries"),
        "pause": _("paused delivery"),
        "resume": _("let delivery go on"),
        "pace": _("set pace and quiet hours"),
    },
    subjects={"ledger": _("delivery ledger"), "report": _("status report")},
    reasons={
        "agreement": _("to check what an operator would be told"),
        "delivery": _("to check what operators were told"),
        **{f"retry:{code}": words.text for code, words in REASONS.items()},
    },
    details={
        **{field.name: field.verbose_name for field in Operator._meta.fields if field.name in PACE},
        "operator": _("operator"),
        "reason": _("reason"),
        "begin": _("begin"),
        "end": _("end"),
    },
)

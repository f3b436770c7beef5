from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions
from registry.phones.replacements.forms import REASONS
from registry.phones.replacements.selectors import FIRST
from registry.phones.selectors import FIRST_LOST

# The reason of each is why another phone is asked for.
REPLACEMENTS = [
    Action("ask_replacement", _("asked for another phone"), _("Another phone was asked for")),
    Action("replacement_applied", _("another phone holds")),
    Action("replacement_objected", _("another phone was stopped by an objection")),
    Action("replacement_stopped", _("another phone was stopped at an office")),
    Action("replacement_doubted", _("somebody of the household had a doubt about another phone")),
    Action("replacement_withdrawn", _("another phone was taken back")),
    Action("replacement_overtaken", _("another phone was given up: something changed meanwhile")),
]
REPLACEMENT_REASONS = {**dict(REASONS), FIRST: _("first account"), FIRST_LOST: _("first account")}

register_actions(
    "registry.phones",
    *REPLACEMENTS,
    Action("lost_number", _("said that a number is theirs no more")),
    reasons={
        "view": {"account": _("To decide on a phone or an account")},
        "replace_phone": dict(REASONS),
        "step_refused": {
            "AccountTooNew": _("their account was less than 30 days old"),
            "AskerTooNew": _("the account of whoever asked was less than 30 days old"),
            "TookPart": _("they had asked for a phone of the person before, or confirmed one"),
        },
        **{action.code: REPLACEMENT_REASONS for action in REPLACEMENTS},
    },
    details={
        "known": _("the village chief knows the person"),
        "replacement": _("phone asked for"),
    },
)

from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import register_actions
from registry.unusual.rules import RULES

register_actions(
    "registry.unusual",
    subjects={"unusual_actions": _("unusual actions")},
    reasons={"view": {rule.code: rule.name for rule in RULES}},
)

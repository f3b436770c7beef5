from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "notifications",
    Action("retry_message", _("had a text message sent again")),
    Action("allow_messages", _("allowed more text messages")),
    subjects={"message_budget": _("message budget")},
    details={"more": _("more")},
)

from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, Effect, register_actions

register_actions(
    "uploads",
    Action("infected_upload", _("sent a file in which the virus check found something"), effect=Effect.NONE),
    reasons={"view": {"document": _("To look at a document")}},
    details={"upload": _("document")},
)

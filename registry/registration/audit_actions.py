from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "registry.registration",
    Action("register", _("registered it"), _("The household was registered")),
)

from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions

register_actions(
    "approval",
    Action("propose", _("proposed it")),
    Action("overtake", _("gave it up: something changed meanwhile")),
    Action("lapse", _("let it lapse: nobody approved it in time")),
    Action("carry_out", _("carried it out")),
    details={"act": _("what")},
)

from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import Action, register_actions
from registry.models import Appointment

register_actions(
    "registry.appointments",
    Action("make_appointment", _("asked to come back"), _("You were asked to come back")),
    Action("end_appointment", _("ended an appointment"), _("An appointment at the counter ended")),
    reasons={
        "make_appointment": dict(Appointment.Reason.choices),
        "end_appointment": dict(Appointment.End.choices),
    },
)

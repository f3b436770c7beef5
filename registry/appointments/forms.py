from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.casework.forms import LinesField
from registry.appointments.services import LATEST
from registry.models import Appointment
from registry.persons.forms import DayField, radios

IN_A_WEEK = timedelta(days=7)


class AppointmentForm(forms.Form):
    use_required_attribute = False

    day = DayField(label=gettext_lazy("On which day"))
    reason = radios(gettext_lazy("Why"), Appointment.Reason.choices)
    note = LinesField(
        label=gettext_lazy("What to bring, or who has to come"),
        help_text=gettext_lazy("The person and the officials of your office read this."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"day": timezone.localdate() + IN_A_WEEK})
        super().__init__(*args, **kwargs)

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        today = timezone.localdate()
        if day <= today:
            raise forms.ValidationError(_("Choose a day after today."), code="past")
        if day > today + LATEST:
            raise forms.ValidationError(_("Choose a day within half a year."), code="far")
        return day

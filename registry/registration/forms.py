"""The questions about the household: consent, place, who lives there."""

from django import forms
from django.utils.translation import gettext_lazy

from registry.persons.forms import CHOOSE
from registry.persons.step_form import StepForm


class MembersForm(StepForm):
    more = forms.ChoiceField(
        label=gettext_lazy("Does anyone else live in this household?"),
        choices=[
            ("yes", gettext_lazy("Yes, add another person")),
            ("no", gettext_lazy("No, that is everyone")),
        ],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )

"""Where a household lives."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.models import User
from dsp_platform.wizard.forms import QuestionForm
from registry.areas import selectors
from registry.areas.village_picker import VillagePicker
from registry.persons import scope, validation


class PlaceForm(QuestionForm):
    village_code = forms.ChoiceField(
        label=gettext_lazy("Village"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose a village."),
            "invalid_choice": gettext_lazy("Choose a village."),
        },
    )
    address = forms.CharField(
        label=gettext_lazy("House and street"),
        help_text=gettext_lazy("For example house 12, street 3."),
        required=False,
    )

    def __init__(self, *args: Any, user: User, picker: VillagePicker, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.picker = user, picker
        field = cast(forms.ChoiceField, self.fields["village_code"])
        field.choices = list(picker.choices)
        self.fields["address"].widget.attrs["autocomplete"] = "off"

    def clean_village_code(self) -> str:
        code = str(self.cleaned_data["village_code"])
        if selectors.village(code) is None:
            raise ValidationError(_("Choose a village."))
        if self.user.is_official and not scope.in_area(self.user, code):
            raise ValidationError(_("This village is outside your area."))
        return code

    def clean_address(self) -> str:
        return validation.validate_address(self.cleaned_data["address"])

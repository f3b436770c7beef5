"""Forms of a district that manages the officials of its communes. Places are chosen, no code is typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff.names import clean_staff_name, require_own_name
from dsp_platform.accounts.staff.services import USER_NAME
from registry.areas.selectors import search_areas
from registry.models import Area
from registry.officials.selectors import communes_of


class CommuneField(forms.ModelChoiceField):
    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            queryset=Area.objects.none(),
            widget=forms.RadioSelect,
            empty_label=None,
            error_messages={"required": _("Choose the commune or sangkat.")},
        )


class CommuneForm(forms.Form):
    """Among those of the reader's own district."""

    use_required_attribute = False

    commune = CommuneField(_("Commune or sangkat"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].queryset = communes_of(user)  # type: ignore[attr-defined]


class InviteForm(CommuneForm):
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=200,
        error_messages={"required": _("Enter the full name.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    username = forms.CharField(
        label=_("User name"),
        help_text=_("With it they sign in, for example sok.dara"),
        max_length=64,
        validators=[RegexValidator(USER_NAME, _("Small Latin letters, digits, dots and hyphens only."))],
        error_messages={"required": _("Enter a user name.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def clean_full_name(self) -> str:
        return clean_staff_name(self.cleaned_data["full_name"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("full_name") and values.get("commune"):
            try:
                require_own_name(values["full_name"], values["commune"].code)
            except ValidationError as error:
                self.add_error("full_name", error)
        return values

    field_order = ("full_name", "username", "commune")


class OtherDistrictForm(forms.Form):
    """Search, then choose among what was found: without scripts it takes two steps."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("Name of the other district or khan"),
        max_length=100,
        error_messages={"required": _("Enter the name of the district.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    district = forms.ChoiceField(label=_("District or khan"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = str(self.data.get("words", ""))
        found = search_areas(words, level=Area.Level.DISTRICT) if words else []
        self.found = {area.code: area for area in found if area.code != own}
        self._offer()

    def _offer(self) -> None:
        choices = [(code, f"{area.name}, {area.parent}") for code, area in self.found.items()]
        self.fields["district"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            self.fields["district"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "words" not in values or self.errors:
            return values
        if not self.found:
            self.add_error("words", _("No district has this name."))
        elif not values.get("district"):
            if len(self.found) > 1:
                self.add_error("district", _("Choose one of those found."))
            else:
                values["district"] = next(iter(self.found))
        return values

    @property
    def chosen(self) -> Area:
        return self.found[self.cleaned_data["district"]]

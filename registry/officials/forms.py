"""Forms of a district that manages the officials of its communes. Places are chosen, no code is typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff.names import clean_staff_name, require_own_name
from dsp_platform.accounts.staff.services import USER_NAME
from registry.areas.search_fields import AreaSearchField
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
    """Among those of the reader's own district; of somebody who moves not ``left``, where they work."""

    use_required_attribute = False

    commune = CommuneField(_("Commune or sangkat"))

    def __init__(self, *args: Any, user: User, left: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].queryset = communes_of(user).exclude(code=left)  # type: ignore[attr-defined]


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

    spid = forms.CharField(  # longer than a SPID: typed in groups
        label="SPID",
        help_text=_(
            "If they have one. Then nothing of themself, their household and kin is theirs to decide. The "
            "second official sees it too."
        ),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
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

    field_order = ("full_name", "username", "spid", "commune")


class OtherDistrictForm(forms.Form):
    use_required_attribute = False

    district = AreaSearchField(
        label=_("Name of the other district or khan"),
        levels=[Area.Level.DISTRICT],
        least=1,
        not_found=_("No district has this name."),
        error_messages={"required": _("Enter the name of the district.")},
    )

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own

    def clean_district(self) -> Area:
        code = self.cleaned_data["district"]
        if code == self.own:
            raise forms.ValidationError(_("This is your own district. Enter the name of another one."))
        return Area.objects.get(pk=code)

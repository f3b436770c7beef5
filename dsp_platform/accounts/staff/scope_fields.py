"""The scope of an account in a form: an area is found by its name, an operator chosen from all."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.accounts.staff.scopes import is_known_scope, scopes_found_by
from dsp_platform.khmer.digits import latin_digits


class AreaField(forms.CharField):
    """Cleans the words to the code of the one area that they find, or raises ValidationError: where several
    are found, the page offers these. ``chosen``: the code that an account has, which may stay though the area
    is abolished."""

    def __init__(self, *, chosen: str) -> None:
        super().__init__(
            label=gettext_lazy("Area"),
            required=False,
            max_length=200,
            help_text=gettext_lazy("For officials: the name of the commune or sangkat, district or khan."),
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        )
        self.chosen = chosen

    def clean(self, value: Any) -> str:
        words = latin_digits(super().clean(value)).strip()
        if not words or words == self.chosen or is_known_scope("area_code", words):
            return words
        found = [] if words.isdecimal() else scopes_found_by("area_code", words)
        if len(found) == 1:
            return found[0][0]
        if not found:
            raise ValidationError(_("No commune and no district is called so."))
        self.widget = forms.RadioSelect(choices=[*found, ("", _("None of these: search by another name"))])
        raise ValidationError(_("Choose one of those found."))


class OperatorField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("Operator"),
            required=False,
            help_text=gettext_lazy("For reviewers."),
            widget=forms.Select(choices=[("", "–"), *scopes_found_by("operator_code", "")]),
        )

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.khmer.dates import PartialDate
from registry.claims.services import SPID, Identity
from registry.identity.dates import DatePartsField
from registry.identity.spid import clean_spid
from registry.models import IdentityDocument
from registry.persons import validation

KINDS = [(SPID, _("SPID, the 12 digits on the slip")), *IdentityDocument.Type.choices]


class ClaimForm(forms.Form):
    use_required_attribute = False

    kind = forms.ChoiceField(label=_("Which number do you have?"), choices=KINDS, initial=SPID)
    number = forms.CharField(
        label=_("The number"),
        help_text=_("In Khmer or Latin digits."),
        max_length=60,
        error_messages={"required": _("Enter the number.")},
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    born = DatePartsField(
        label=_("Date of birth"),
        help_text=_("As it stands in the registration. If only the year is known, enter the year alone."),
    )

    def clean(self) -> dict[str, Any]:
        kind, number = self.cleaned_data.get("kind"), self.cleaned_data.get("number")
        # The format only. The registry is not queried, so the answer reveals nothing about it.
        if kind == SPID and number:
            self.cleaned_data["number"] = clean_spid(number)
            if self.cleaned_data["number"] is None:
                problem = _("This is not an SPID. Check the 12 digits on your slip.")
                self.add_error("number", forms.ValidationError(problem, "spid"))
        elif kind and number:
            try:
                self.cleaned_data["number"] = validation.validate_document_number(kind, number)
            except forms.ValidationError as error:
                self.add_error("number", error)
        return self.cleaned_data

    @property
    def identity(self) -> Identity:
        return Identity(
            kind=self.cleaned_data["kind"],
            number=self.cleaned_data["number"],
            born=PartialDate.parse(self.cleaned_data["born"]),
        )

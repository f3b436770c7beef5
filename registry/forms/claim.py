from django import forms
from django.utils.translation import gettext_lazy as _

from registry.spid import clean_spid


class ClaimForm(forms.Form):
    use_required_attribute = False

    spid = forms.CharField(
        label=_("SPID"),
        help_text=_("The 12 digits on your slip, in Khmer or Latin digits."),
        max_length=40,
        error_messages={"required": _("Enter your SPID.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_spid(self) -> str:
        spid = clean_spid(self.cleaned_data["spid"])
        if spid is None:
            raise forms.ValidationError(_("This is not an SPID. Check the 12 digits on your slip."), "spid")
        return spid

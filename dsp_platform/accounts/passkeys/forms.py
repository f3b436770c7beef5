from django import forms
from django.utils.translation import gettext_lazy as _


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=60,
        help_text=_("So that you know it again, for example: my phone"),
        error_messages={"required": _("Enter a name for the passkey.")},
    )

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("6 digits. The code works for 10 minutes."),
        error_messages={"required": _("Enter the code from the text message.")},
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
                "class": "short",
            }
        ),
    )


class SendForm(forms.Form):
    """Only a button to send the code."""

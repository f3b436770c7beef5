from django import forms
from django.utils.translation import gettext_lazy as _


class UnlockForm(forms.Form):
    use_required_attribute = False

    otp_token = forms.CharField(
        label=_("Code from your authenticator app"),
        max_length=12,
        error_messages={"required": _("Enter the code that your authenticator app shows.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.fields import PhoneField


class PhoneForm(forms.Form):
    phone = PhoneField(
        gets_texts=True,
        label=_("What is your phone number?"),
        help_text=_("For example 012 345 678"),
        error_messages={"required": _("Enter your phone number.")},
    )


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
    """A button and nothing to fill in."""


class NewPhoneForm(forms.Form):
    phone = PhoneField(
        gets_texts=True,
        label=_("What is your new phone number?"),
        help_text=_("For example 012 345 678"),
        error_messages={"required": _("Enter your phone number.")},
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language of the text messages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class PasskeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=60,
        help_text=_("So that you know it again, for example: my phone"),
        error_messages={"required": _("Enter a name for the passkey.")},
    )

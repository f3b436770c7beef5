from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.fields import PhoneField


class NewPhoneForm(forms.Form):
    phone = PhoneField(
        label=_("What is your new phone number?"),
        help_text=_("For example 012 345 678"),
        error_messages={"required": _("Enter your phone number.")},
    )


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language of the text messages"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

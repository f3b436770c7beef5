from django import forms
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.phones.fields import PhoneField


class PhoneForm(forms.Form):
    phone = PhoneField(
        label=_("What is your phone number?"),
        help_text=_("For example 012 345 678"),
        error_messages={"required": _("Enter your phone number.")},
    )

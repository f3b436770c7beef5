"""Password and TOTP code on one form, for officials at the counter and for staff in the admin."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import ADMIN_ROLES, Role
from dsp_platform.accounts.staff_sign_in import proof
from dsp_platform.khmer.digits import digits_of


class StaffSignInForm(AuthenticationForm):
    """User name, password and code are verified together, with one error: none can be guessed alone."""

    roles: tuple[str, ...] = ()

    otp_token = forms.CharField(
        label=_("Code from your authenticator app"),
        max_length=12,
        error_messages={"required": _("Enter the code that your authenticator app shows.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["required"] = _("Enter your user name.")
        self.fields["password"].error_messages["required"] = _("Enter your password.")

    def clean(self) -> dict[str, Any]:
        username = self.cleaned_data.get("username")
        password = self.cleaned_data.get("password")
        typed = self.cleaned_data.get("otp_token")
        if not (username and password and typed):
            return self.cleaned_data
        # Without a digit it is a wrong code, and counted like one.
        token = digits_of(typed)
        user = proof.prove(request=self.request, username=username, password=password, token=token)
        if user.role not in self.roles:
            proof.note_failure(self.request, user, "wrong_door")
            raise ValidationError(_("This account does not sign in on this page."), code="wrong_door")
        self.user_cache = user
        return self.cleaned_data


class CounterSignInForm(StaffSignInForm):
    roles = (Role.OFFICIAL,)


class AdminSignInForm(StaffSignInForm):
    roles = ADMIN_ROLES

"""Forms with which staff set their own password and authenticator app. Passwords are never rendered back."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import invitation_codes
from dsp_platform.accounts.staff import services as staff
from dsp_platform.accounts.staff_sign_in import proof
from dsp_platform.khmer.digits import digits_of

# Bounds the cost of hashing; longer than any passphrase that people remember.
MAX_PASSWORD_LENGTH = 256


class InvitationForm(forms.Form):
    code = forms.CharField(
        label=_("Invitation code"),
        max_length=100,
        help_text=_(
            "As it stands in your invitation, for example abcde-fghjk-… Where two people gave you a half "
            "each, write one behind the other, in either order."
        ),
        error_messages={"required": _("Enter the code of your invitation.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if invitation_codes.is_half(code):
            raise ValidationError(
                _(
                    "This is one half of an invitation code. Somebody else gives you the other half: write "
                    "one behind the other, in either order."
                )
            )
        return code


def _secret(label: Any, required: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=MAX_PASSWORD_LENGTH,
        help_text=help_text,
        error_messages={"required": required},
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


def _app_code(label: Any, required: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=12,
        error_messages={"required": required},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


class CredentialForm(forms.Form):
    """``user`` is whose credentials they are.

    Subclasses validate the new ones first, which is cheap and does not consume a code.
    """

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def digits(self, name: str) -> str:
        return digits_of(self.cleaned_data.get(name) or "")


class NewPasswordForm(CredentialForm):
    password = _secret(
        _("New password"),
        _("Enter a new password."),
        "new-password",
        _("At least 12 characters. A few words that only you would put together are easy to remember."),
    )
    again = _secret(_("New password again"), _("Enter the new password once more."), "new-password")

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    def clean_again(self) -> str:
        again = self.cleaned_data["again"]
        if again != self.data.get(self.add_prefix("password")):
            raise ValidationError(_("The two new passwords are not the same."))
        return again


class NewAppForm(CredentialForm):
    """``key`` is the secret that the page shows as a QR code."""

    new_code = _app_code(_("Code that the app shows now"), _("Enter the code that the app shows now."))

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = key

    def clean_new_code(self) -> str:
        code = self.digits("new_code")
        if not staff.is_current_code(self.key, code):
            raise ValidationError(str(staff.WrongCode()))
        return code


class CurrentForm(CredentialForm):
    """Protects a browser that was left signed in: the current password and a code are required."""

    current_password = _secret(_("Current password"), _("Enter your password."), "current-password")
    otp_token = _app_code(
        _("Code from your authenticator app"), _("Enter the code that your authenticator app shows.")
    )

    def __init__(self, *args: Any, visit: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            proof.prove(
                request=self.visit,
                username=self.user.get_username(),
                password=values["current_password"],
                token=self.digits("otp_token"),
            )
        return values


class JoinForm(NewAppForm, NewPasswordForm):
    field_order = ("new_code", "password", "again")


class ChangePasswordForm(NewPasswordForm, CurrentForm):
    field_order = ("current_password", "otp_token", "password", "again")


class ChangeSecondFactorForm(NewAppForm, CurrentForm):
    field_order = ("current_password", "otp_token", "new_code")

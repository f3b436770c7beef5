"""Password and TOTP code on one form, for officials at the counter and for staff in the admin."""

from typing import Any

import django_otp
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from dsp_platform.accounts import passwords
from dsp_platform.accounts.models import IN_ADMIN, Role, User
from dsp_platform.khmer import latin_digits


class StaffSignInForm(AuthenticationForm):
    """All three must be right together. One neutral error for all, so no single one can be tested alone."""

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
        token = latin_digits(self.cleaned_data.get("otp_token") or "").replace(" ", "")
        if not (username and password and token):
            return self.cleaned_data
        bucket = passwords.bucket_of(self.request, username)
        with transaction.atomic():
            passwords.take_turn(bucket)
            seconds = int(passwords.wait(bucket).total_seconds())
            user = None if seconds else self._proved(username, password, token)
            if user:
                passwords.forget_failures(bucket)
            elif not seconds:
                passwords.note_failure(bucket)
        # Raised only now: an error inside the transaction would undo the count.
        if seconds:
            raise _too_many(seconds)
        if user is None:
            raise ValidationError(
                _("The user name, the password or the code is not right. Wait for a new code and try again."),
                code="invalid_login",
            )
        if user.role not in self.roles:
            raise ValidationError(_("This account does not sign in on this page."), code="wrong_door")
        self.user_cache = user
        return self.cleaned_data

    def _proved(self, username: str, password: str, token: str) -> User | None:
        user = authenticate(self.request, username=username, password=password)
        if not isinstance(user, User):
            return None
        device = TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()
        # django-otp slows down wrong codes by itself and takes each code only once.
        verified = device and django_otp.verify_token(user, device.persistent_id, token)
        if not verified:
            return None
        user.otp_device = verified  # makes login() note the second factor in the session
        return user


class CounterSignInForm(StaffSignInForm):
    roles = (Role.OFFICIAL,)


class AdminSignInForm(StaffSignInForm):
    roles = IN_ADMIN


def _too_many(seconds: int) -> ValidationError:
    return ValidationError(
        ngettext(
            "Too many failed tries. Wait %(seconds)s second and try again.",
            "Too many failed tries. Wait %(seconds)s seconds and try again.",
            seconds,
        )
        % {"seconds": seconds},
        code="wait",
    )

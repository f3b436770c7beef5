from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from dsp_platform.accounts.models import User

STAFF_BACKEND = "dsp_platform.accounts.sign_in.backends.StaffBackend"
PHONE_BACKEND = "dsp_platform.accounts.sign_in.backends.PhoneBackend"


class StaffBackend(ModelBackend):
    """User name and password, the first factor only: every sign-in page also asks for the TOTP code."""

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, User) and not user.is_citizen and super().user_can_authenticate(user)


class PhoneBackend(ModelBackend):
    """Named in the sessions of citizens, whom ``codes.prove`` and ``passkeys.prove`` authenticate."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:  # type: ignore[override]
        return None

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, User) and user.is_citizen and super().user_can_authenticate(user)

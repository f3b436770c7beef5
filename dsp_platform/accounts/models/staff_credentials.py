"""How staff sign in: their authenticator app, the invitation to set it up, and failed sign-ins."""

import hmac
import time
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP
from django_otp.util import random_hex

from dsp_platform.accounts.models.user import User
from dsp_platform.encryption import crypto
from dsp_platform.encryption.fields import EncryptedTextField

_CHANGED_BY_USE = (
    "key", "drift", "last_t", "throttling_failure_timestamp", "throttling_failure_count", "last_used_at",
)  # fmt: skip


def new_totp_key() -> str:
    return random_hex(20)


def key_binding(user_id: int, key: str) -> bytes:
    return crypto.digest("authenticator app", str(user_id), key)


class TOTPDevice(TimestampMixin, ThrottlingMixin, Device):
    """The authenticator app of a member of staff (RFC 6238): six digits, a new code every half minute.

    Replaces django-otp's model of this name, which stores the key in plain text. Each use encrypts the key
    again, under the newest of ``ENCRYPTION_KEYS``. ``bound`` is a keyed digest over user and key: write
    access to the table alone is not enough to move one person's app to another's account.
    """

    key = EncryptedTextField(default=new_totp_key)  # hexadecimal
    bound = models.BinaryField(max_length=32, db_default=b"")
    drift = models.SmallIntegerField(default=0)  # clock drift of the app, in half minutes
    last_t = models.BigIntegerField(default=-1)  # the half minute of the last code accepted: prevents replay

    DIGITS = 6
    STEP = 30  # seconds
    TOLERANCE = 1  # half minutes before and after

    class Meta(Device.Meta):
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")

    @property
    def bin_key(self) -> bytes:
        return bytes.fromhex(str(self.key))

    def is_bound(self) -> bool:
        """Whether this key was set for this user."""
        return hmac.compare_digest(bytes(self.bound), key_binding(self.user_id, str(self.key)))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Binds a new key only: an existing row that was tampered with must stay invalid."""
        if self._state.adding:
            self.bound = key_binding(self.user_id, str(self.key))
        super().save(*args, **kwargs)

    def get_throttle_factor(self) -> int:
        return 1

    def verify_token(self, token: str) -> bool:
        """Call through ``django_otp.verify_token``, which locks the row."""
        if not self.is_bound() or not self.verify_is_allowed()[0]:
            return False
        totp = TOTP(self.bin_key, self.STEP, digits=self.DIGITS, drift=self.drift)
        totp.time = time.time()
        if not (token.isdecimal() and totp.verify(int(token), self.TOLERANCE, self.last_t + 1)):
            self.throttle_increment(commit=True)
            return False
        self.last_t, self.drift = totp.t(), totp.drift
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save(update_fields=_CHANGED_BY_USE)
        return True


class Invitation(models.Model):
    """A single-use invitation link, with which a member of staff sets their own password and second factor.

    ``bound`` is a keyed digest over user, code and times: write access to the table alone is not enough to
    move an invitation to another account or to extend it.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation")
    digest = models.BinaryField(max_length=32, unique=True)
    bound = models.BinaryField(max_length=32, db_default=b"")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def is_bound(self) -> bool:
        binding = invitation_binding(self.user_id, bytes(self.digest), self.made_at, self.expires_at)
        return hmac.compare_digest(bytes(self.bound), binding)


def invitation_binding(user_id: int, digest: bytes, made_at: datetime, expires_at: datetime) -> bytes:
    times = [time.astimezone(UTC).isoformat() for time in (made_at, expires_at)]
    return crypto.digest("invitation of", str(user_id), digest.hex(), *times)


class SignInFailure(models.Model):
    """A failed sign-in of staff, counted by user name and by network.

    ``bucket`` is a keyed digest of the user name as typed, which need not exist, or of the network.
    """

    bucket = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
        indexes = [models.Index(fields=["bucket", "at"])]

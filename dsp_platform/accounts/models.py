"""Users, their credentials, and the sessions in which officials act for a person."""

import hmac
import time
import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP
from django_otp.util import random_hex

from dsp_platform import crypto
from dsp_platform.fields import EncryptedTextField


class Role(models.TextChoices):
    CITIZEN = "citizen", _("Citizen")
    OFFICIAL = "official", _("Commune official")
    REVIEWER = "reviewer", _("Reviewer of an operator")
    STEWARD = "steward", _("Registry steward")
    AUDITOR = "auditor", _("Auditor")


PRIVILEGED_ROLES = tuple(role for role in Role if role not in (Role.CITIZEN, Role.OFFICIAL, Role.REVIEWER))
"""Whose account two people give: a steward's, and that of every role that is not known to be less."""


# The counter is the officials' place, the admin everybody else's who works here.
ADMIN_ROLES = tuple(role for role in Role if role not in (Role.CITIZEN, Role.OFFICIAL))


class UserManager(BaseUserManager["User"]):
    def create_citizen(self, *, phone: str, language: str = "km") -> "User":
        user = self.model(phone=phone, role=Role.CITIZEN, language=language)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_staff(
        self, *, username: str, password: str | None, role: str, full_name: str = "", **extra: Any
    ) -> "User":
        """Without a password nobody signs in before they have joined; see ``staff``."""
        user = self.model(username=username, role=role, full_name=full_name, **extra)
        user.is_staff = role in ADMIN_ROLES
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # of django-otp
    """A citizen signs in with a phone and has no password; staff have a name, a password and TOTP.

    The scope is held as codes, because the platform knows no domain: ``area_code`` is the prefix of
    the area codes an official may touch, ``operator_code`` the operator a reviewer works for.
    Empty means no scope, and no scope means nothing is visible.
    """

    phone = models.CharField(_("phone number"), max_length=16, unique=True, null=True, blank=True)
    username = models.CharField(_("user name"), max_length=64, unique=True, null=True, blank=True)
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    area_code = models.CharField(_("area code"), max_length=8, blank=True)
    operator_code = models.SlugField(_("operator code"), max_length=32, blank=True)
    # Of staff: who they are as a person, so that a domain sees their own household and kin. Optional.
    spid = models.CharField("SPID", max_length=12, blank=True)
    language = models.CharField(_("language"), max_length=2, default="km")
    # Until the person chooses one for text messages, it follows the language they sign in with.
    language_is_chosen = models.BooleanField(default=False)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    # Set by django-otp: the device that proved the second factor in this session.
    otp_device: Any = None

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                name="user_citizen_has_phone_staff_has_name",
                condition=Q(role=Role.CITIZEN, phone__isnull=False, username__isnull=True)
                # Closed, and its number let go to another account.
                | Q(role=Role.CITIZEN, phone__isnull=True, username__isnull=True, is_active=False)
                | (~Q(role=Role.CITIZEN) & Q(username__isnull=False, phone__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username or _("citizen %(number)s") % {"number": self.pk}

    @property
    def staff_name(self) -> str:
        """For staff: a full name can be anybody's, the user name is one person's. Never for citizens."""
        return f"{self.full_name} ({self.username})" if self.full_name and self.username else str(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Always False: each page checks the role. Neither ``is_superuser`` nor a group grants anything."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def is_verified(self) -> bool:
        return self.otp_device is not None

    @property
    def is_citizen(self) -> bool:
        return self.role == Role.CITIZEN

    @property
    def is_official(self) -> bool:
        return self.role == Role.OFFICIAL

    @property
    def is_reviewer(self) -> bool:
        return self.role == Role.REVIEWER

    @property
    def is_steward(self) -> bool:
        return self.role == Role.STEWARD


class PhoneChallenge(models.Model):
    """One attempt to prove a phone. The code is derived from ``nonce`` and never stored.

    ``account`` is the account that asked, or for which an official asks; nobody's when signing in.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("sign in")
        STEP_UP = "step_up", _("prove it again")
        NEW_PHONE = "new_phone", _("change to this phone")
        LOST_PHONE = "lost_phone", _("replace a lost phone by this one")
        FIRST_PHONE = "first_phone", _("open an account at the counter")
        CONTACT = "contact", _("confirm a number for news")
        MOVE = "move", _("say yes to another household")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phone = models.CharField(max_length=16)
    account = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    # What the code is said for: a code for one request is none for another of the same phone.
    subject = models.CharField(max_length=64, default="", db_default="")
    nonce = models.BinaryField(max_length=32)
    browser_digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("phone challenge")
        verbose_name_plural = _("phone challenges")
        indexes = [models.Index(fields=["phone", "created_at"])]


class PhoneEvent(models.Model):
    """What is counted against the limits of a phone and of an account: a code sent, a wrong code typed."""

    class Kind(models.TextChoices):
        SENT = "sent", _("code sent")
        WRONG = "wrong", _("wrong code")

    phone = models.CharField(max_length=16)
    account = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # Of the code that was sent: one purpose does not keep another waiting.
    purpose = models.CharField(max_length=16, blank=True, default="", db_default="")
    at = models.DateTimeField(default=timezone.now)
    # By a browser that signed in with this number before: counted apart, so strangers do not use it up.
    known = models.BooleanField(default=False, db_default=False)
    # Keyed digest of the network that asked or typed; and in which lane the number counts as unproved there.
    network = models.BinaryField(max_length=32, null=True)
    unproved_in = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("phone event")
        verbose_name_plural = _("phone events")
        indexes = [
            models.Index(fields=["phone", "kind", "at"]),
            models.Index(fields=["account", "kind", "at"]),
        ]


class Passkey(models.Model):
    """A key that a citizen's phone or computer keeps, with which they sign in instead of by a code.

    ``credential`` is what WebAuthn calls attested credential data: the public key and its number. ``bound``
    binds it to its person, as that of ``TOTPDevice`` does.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField(_("name"), max_length=60)
    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()
    bound = models.BinaryField(max_length=32, db_default=b"")
    sign_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(_("added"), default=timezone.now)
    used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")

    def __str__(self) -> str:
        return self.name

    def is_bound(self) -> bool:
        return hmac.compare_digest(bytes(self.bound), self._binding())

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.bound = self._binding()
        super().save(*args, **kwargs)

    def _binding(self) -> bytes:
        return crypto.digest("passkey of", str(self.user_id), bytes(self.credential).hex())


_OF_A_USE = (
    "key", "drift", "last_t", "throttling_failure_timestamp", "throttling_failure_count", "last_used_at",
)  # fmt: skip


def new_totp_key() -> str:
    return random_hex(20)


def key_binding(user_id: int, key: str) -> bytes:
    return crypto.digest("authenticator app", str(user_id), key)


class TOTPDevice(TimestampMixin, ThrottlingMixin, Device):
    """The authenticator app of a member of staff (RFC 6238): six digits, a new code every half minute.

    In place of django-otp's model of this name, which keeps the key in plain. Each use stores the key anew,
    under the newest of ``ENCRYPTION_KEYS``. ``bound`` binds it to its person: whoever can write the table but
    has no key of the platform cannot make one person's app answer for another.
    """

    key = EncryptedTextField(default=new_totp_key)  # hexadecimal
    bound = models.BinaryField(max_length=32, db_default=b"")
    drift = models.SmallIntegerField(default=0)  # half minutes that the person's clock is known to be off
    last_t = models.BigIntegerField(default=-1)  # the half minute of the last code: none is taken twice

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
        """Whether this key was set for this person."""
        return hmac.compare_digest(bytes(self.bound), key_binding(self.user_id, str(self.key)))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new key is bound. One that is there already is written back as it is, never bound anew."""
        if self._state.adding:
            self.bound = key_binding(self.user_id, str(self.key))
        super().save(*args, **kwargs)

    def get_throttle_factor(self) -> int:
        return 1

    def verify_token(self, token: str) -> bool:
        """Call by ``django_otp.verify_token``, which holds the row meanwhile."""
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
        self.save(update_fields=_OF_A_USE)
        return True


class Invitation(models.Model):
    """An invitation link of one use, with which a member of staff sets their own password and second factor.

    ``bound`` binds it to its person and its time: whoever can write the table but has no key of the platform
    cannot make the invitation of one person let somebody in as another, or let it last.
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


def invitation_binding(user_id: int, digest: bytes, *times: datetime) -> bytes:
    """``times``: when it was made, and until when it holds."""
    told = [time.astimezone(UTC).isoformat() for time in times]
    return crypto.digest("invitation of", str(user_id), digest.hex(), *told)


class SignInFailure(models.Model):
    """A failed sign-in of staff, counted by name and by network.

    ``bucket`` is a keyed digest of the name that was typed, which may be no name at all, or of the network.
    """

    bucket = models.BinaryField(max_length=32)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
        indexes = [models.Index(fields=["bucket", "at"])]


class Case(models.Model):
    """An official acts for one person. ``subject_id`` is that Person, or null until registered."""

    class End(models.TextChoices):
        CLOSED = "closed", _("ended by the official")
        SWITCHED = "switched", _("another case was opened")
        IDLE = "idle", _("30 minutes without use")
        SIGNED_OUT = "signed_out", _("the official signed out")
        OUT_OF_AREA = "out_of_area", _("the official may not see the person any more")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    official = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="cases", verbose_name=_("official")
    )
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=32)
    consent_text = models.TextField(_("words read to the person"))
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=16, choices=End.choices, blank=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["official"], condition=Q(ended_at=None), name="case_one_open_per_official"
            )
        ]
        indexes = [models.Index(fields=["subject_id", "opened_at"])]

    def __str__(self) -> str:
        return str(self.id)

"""One-time codes by text message, and the events that their rate limits count."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models.user import User


class PhoneChallenge(models.Model):
    """One attempt to verify a phone. The code is derived from ``nonce`` and never stored.

    ``account`` is the account that asked, or for which an official asks; null when signing in.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("sign in")
        STEP_UP = "step_up", _("prove it again")
        NEW_PHONE = "new_phone", _("change to this phone")
        LOST_PHONE = "lost_phone", _("replace a lost phone by this one")
        FIRST_PHONE = "first_phone", _("open an account at the counter")
        CONTACT = "contact", _("confirm a number for news")
        MOVE = "move", _("say yes to another household")
        CONSENT = "consent", _("agree to the help of an official")
        SHARE = "share", _("agree that an operator receives the details")
        PIN = "pin", _("get a new PIN for a report")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    phone = models.CharField(max_length=16)
    account = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    # What the code confirms ("change:C-123"): it is not valid for another request of the same phone.
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
    """Counted against the rate limits of a phone and of an account: a code sent, or a wrong code typed."""

    class Kind(models.TextChoices):
        SENT = "sent", _("code sent")
        WRONG = "wrong", _("wrong code")

    phone = models.CharField(max_length=16)
    account = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # Of the code that was sent: the minimum wait between two codes is counted per purpose.
    purpose = models.CharField(max_length=16, blank=True, default="", db_default="")
    at = models.DateTimeField(default=timezone.now)
    # By a browser that signed in with this number before: counted separately, so that strangers cannot lock
    # the owner out.
    known = models.BooleanField(default=False, db_default=False)
    # Keyed digest of the client's network, and the kind of message for which the number counts as unverified
    # there.
    network = models.BinaryField(max_length=32, null=True)
    unproved_in = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("phone event")
        verbose_name_plural = _("phone events")
        indexes = [
            models.Index(fields=["phone", "kind", "at"]),
            models.Index(fields=["account", "kind", "at"]),
        ]

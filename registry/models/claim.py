import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.person import Person


def new_nonce() -> bytes:
    return secrets.token_bytes(32)


class Claim(models.Model):
    """An attempt to link an account to a registered person; the rows are counted by the limits.

    ``person`` is null without a match, which nothing outside this row reveals. The code is derived from
    ``nonce`` and never stored.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    nonce = models.BinaryField(max_length=32, default=new_nonce)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # Keyed digests of what was entered, by which a double click is recognised, and of its number alone, by
    # which the limit counts.
    identity_digest = models.BinaryField(max_length=32)
    number_digest = models.BinaryField(max_length=32)
    # Keyed digest of the number the code was sent to; empty without a match.
    phone_digest = models.BinaryField(max_length=32, null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [models.Index(fields=["account", "created_at"], name="claim_account")]

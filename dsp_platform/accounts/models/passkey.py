import hmac
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models.user import User
from dsp_platform.encryption import crypto


class Passkey(models.Model):
    """A WebAuthn credential on a citizen's phone or computer, to sign in without a code.

    ``credential`` is what WebAuthn calls attested credential data: the public key and its id. ``bound``
    binds it to its user, as in ``TOTPDevice``.
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

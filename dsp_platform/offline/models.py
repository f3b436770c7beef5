"""What devices sent that had kept it while there was no line."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.encryption.fields import EncryptedTextField


class OfflineItem(models.Model):
    """A form that an official sent under a key which their device gave it: it is applied once, however often
    it comes. Not for citizens, whose browsers keep nothing.
    """

    class State(models.TextChoices):
        APPLIED = "applied", _("applied")
        NEEDS_YOU = "needs_you", _("needs you")
        SETTLED = "settled", _("settled by the official")

    id = models.UUIDField(primary_key=True)
    official = models.ForeignKey(User, on_delete=models.PROTECT, related_name="offline_items")
    page = models.CharField(max_length=200)
    """The path of the form."""
    state = models.CharField(max_length=16, choices=State.choices, default=State.APPLIED)
    next = models.CharField(max_length=200, blank=True)
    """Where the official goes on: what the form was answered with. Empty where that is the list."""
    why = models.CharField(max_length=32, blank=True)
    """A code of ``offline.reasons``, where it needs the official."""
    typed = EncryptedTextField(null=True)
    """What was typed, as the form sends it, where it stands nowhere else."""
    written_at = models.DateTimeField(null=True)
    """As long before it came as the device says."""
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("item written offline")
        verbose_name_plural = _("items written offline")
        indexes = [models.Index(fields=["official", "state"]), models.Index(fields=["received_at"])]

    def __str__(self) -> str:
        return str(self.id)

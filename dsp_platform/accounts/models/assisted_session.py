import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models.user import User
from dsp_platform.encryption.fields import EncryptedTextField


class AssistedSession(models.Model):
    """An official acts for one person. ``subject_id`` is the id of that person, null until registered."""

    class End(models.TextChoices):
        CLOSED = "closed", _("ended by the official")
        SWITCHED = "switched", _("another case was opened")
        IDLE = "idle", _("30 minutes without use")
        SIGNED_OUT = "signed_out", _("the official signed out")
        OUT_OF_AREA = "out_of_area", _("the official may not see the person any more")

    class ConsentHow(models.TextChoices):
        READ = "read", _("read out at the counter")
        WITNESS = "witness", _("read out before a witness")
        CODE = "code", _("by a code to their phone")
        # Only once the photo of the signed sheet is there: no form offers it.
        SHEET = "sheet", _("signature or thumbprint on a printed sheet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    official = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="assisted_sessions", verbose_name=_("official")
    )
    subject_id = models.BigIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=32)
    consent_text = models.TextField(_("words read to the person"))
    consent_how = models.CharField(
        _("how the consent was given"),
        max_length=8,
        choices=ConsentHow.choices,
        default=ConsentHow.READ,
        db_default=ConsentHow.READ,
    )
    consent_language = models.CharField(_("language"), max_length=2, blank=True, db_default="")
    consent_witness = EncryptedTextField(_("witness"), null=True)
    # Where the person cannot be present: who came, and who they are to the person.
    told_by = EncryptedTextField(_("who told it"), null=True)
    # Where all of it was written before, offline: when, by the clock of the device.
    written_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=16, choices=End.choices, blank=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["official"], condition=Q(ended_at=None), name="assisted_session_one_open_per_official"
            )
        ]
        indexes = [
            models.Index(fields=["subject_id", "opened_at"]),
            models.Index(fields=["official", "opened_at"], name="assisted_session_of_official"),
        ]

    def __str__(self) -> str:
        return str(self.id)

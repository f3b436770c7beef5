"""Who did what, who looked at what, and why. Append-only."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """``subject_kind`` and ``subject_id`` name a row of any domain, e.g. ``person`` 17. No personal data."""

    # A trigger sets it by the database's clock; only the owner of the tables can give another time.
    at = models.DateTimeField(_("when"), default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    action = models.CharField(_("action"), max_length=64)
    subject_kind = models.CharField(_("kind"), max_length=32)
    subject_id = models.BigIntegerField(_("subject"), null=True)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    assisted_session_id = models.UUIDField(_("case"), null=True)
    details = models.JSONField(_("details"), default=dict, blank=True)
    # Always set by a trigger: see `audit.chain`.
    chain = models.CharField(_("chain"), max_length=24, db_default="", editable=False)
    sequence = models.BigIntegerField(_("number in its chain"), db_default=0, editable=False)
    previous = models.BinaryField(_("hash of the one before"), max_length=32, db_default=b"")
    hash = models.BinaryField(_("hash"), max_length=32, db_default=b"")

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"]),
            models.Index(fields=["actor", "at"]),
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
            # Includes the actor, so that unusual actions are counted by an index-only scan.
            models.Index(fields=["action", "at"], include=["actor"], name="audit_of_action"),
            models.Index(
                fields=["assisted_session_id"],
                condition=~models.Q(assisted_session_id=None),
                name="audit_of_assisted_session",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="audit_place_in_chain"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ChainHead(models.Model):
    """The last row of each chain, written only by the trigger."""

    chain = models.CharField(_("chain"), max_length=24, primary_key=True)
    sequence = models.BigIntegerField(_("number in its chain"))
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("end of an audit chain")
        verbose_name_plural = _("ends of audit chains")

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence}"

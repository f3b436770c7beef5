"""What operators report."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.models.operators import Operator

# Nothing that is reported today began earlier.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class StatusReport(models.Model):
    """What an operator reported, stored before it is handled.

    ``subject`` and ``values`` are the operator's own message and the only personal data of the exchange.
    ``values`` are cleared some months after the report was handled (``ledger.retention``), never shown and
    never logged; the number of a card in them is encrypted (``reports.encrypted_values``).
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        HANDLED = "handled", _("handled")
        HELD = "held", _("held for a person")

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="reports", verbose_name=_("operator")
    )
    reference = models.CharField(_("operator's reference"), max_length=128)
    kind = models.CharField(_("kind"), max_length=32)
    subject = models.CharField(_("subject"), max_length=64)
    status = models.CharField(_("status"), max_length=64)
    values = models.JSONField(_("values"), default=dict)
    occurred_at = models.DateTimeField(_("occurred"))
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RECEIVED)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    handled_at = models.DateTimeField(_("handled"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    # By the database's clock: the clock of the process that stores a report may be minutes ahead.
    not_before = models.DateTimeField(_("not before"), db_default=Now())

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        constraints = [
            models.UniqueConstraint(fields=["operator", "reference"], name="report_once"),
            # A moment outside of these could be stored, but no process could load it again.
            models.CheckConstraint(
                condition=Q(occurred_at__gte=EARLIEST, occurred_at__lt=NEVER), name="report_moment_readable"
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="received"), name="report_new"),
            models.Index(fields=["operator"], condition=Q(state="held"), name="report_held"),
            # Reports that still have values, which retention clears.
            models.Index(
                fields=["handled_at"], condition=Q(state="handled") & ~Q(values={}), name="report_values"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.reference}"

"""Alerts about the delivery, with beginning and end."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.models.operators import Operator


class Incident(models.Model):
    """Opened when a check of ``operations.alerts`` finds a problem, ended when it no longer does. Codes and
    numbers only.

    ``posted`` is the last state that the webhook accepted; a receiver that was down gets it later.
    """

    class Code(models.TextChoices):
        OLDEST_DUE = "oldest_due", _("A change has waited too long")
        FILL_STALLED = "fill_stalled", _("A first fill has stalled")
        HELD_GROWS = "held_grows", _("More and more records are held")
        PULL_FAILS = "pull_fails", _("Reports cannot be read")
        PAUSED_LONG = "paused_long", _("Delivery has been paused for more than a day")
        PARTITION_MISSING = "partition_missing", _("A month has no partition for attempts")

    code = models.CharField(_("alert"), max_length=32, choices=Code.choices)
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("operator")
    )
    figure = models.BigIntegerField(_("figure"), default=0)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("since"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    posted = models.CharField(max_length=8, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "operator"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="incident_open_once",
            )
        ]

    def __str__(self) -> str:
        return " – ".join(filter(None, (self.get_code_display(), self.operator_id)))

    @property
    def state(self) -> str:
        return "over" if self.ended_at else "open"

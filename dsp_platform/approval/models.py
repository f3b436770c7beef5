"""What one person proposes and another one approves."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WAITS = timedelta(hours=72)
"""How long after it was proposed it can be approved. A trigger has the same limit."""


class Proposal(models.Model):
    """A change that needs two people. Neither what was proposed nor what was decided is ever edited.

    ``digest`` is of what is proposed, the state it starts from (``before``) and the day. The triggers that
    enforce this, and those on the rows it is about, are plain SQL in migrations, because a setting of the
    session can switch off those of pgtrigger.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a second person")
        APPROVED = "approved", _("approved, waits for its day")
        CARRIED_OUT = "carried_out", _("approved and in force")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        OVERTAKEN = "overtaken", _("overtaken by another change")
        LAPSED = "lapsed", _("waited too long")

    objects: "ClassVar[models.Manager[Proposal]]"

    kind = models.CharField(_("kind"), max_length=32)
    act = models.CharField(max_length=16)
    subject = models.CharField(max_length=64)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    digest = models.CharField(max_length=64)
    effective_from = models.DateField(_("holds from"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("carried out or given up"), null=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("What waits for a second person")
        constraints = [
            models.CheckConstraint(
                name="proposal_maker_is_not_checker",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="proposal_decided_by_somebody",
                condition=Q(state__in=("proposed", "withdrawn", "overtaken", "lapsed"))
                | Q(decided_by__isnull=False),
            ),
            # One proposal at a time about one row, so that nobody approves one and means another.
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(state="proposed"), name="proposal_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["state", "effective_from"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.act} {self.pk}"

    @property
    def waits_until(self) -> datetime:
        return self.proposed_at + WAITS

    @property
    def is_settled_early(self) -> bool:
        """Carried out with a later day: not yet in force, and it cannot be withdrawn."""
        return self.state == self.State.CARRIED_OUT and self.effective_from > timezone.localdate()

    @property
    def state_in_words(self) -> str:
        settled = gettext("approved for its day, cannot be withdrawn any more")
        return settled if self.is_settled_early else self.get_state_display()

    @property
    def is_open(self) -> bool:
        return self.state == self.State.PROPOSED

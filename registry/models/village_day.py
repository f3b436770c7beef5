from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption.fields import EncryptedTextField
from registry.models.area import Area
from registry.models.household import Household

WRITTEN_UP = timedelta(days=7)
"""What was noted on paper may be written down for a week: in a village there is not always a line."""


class VillageDay(models.Model):
    """On this day officials of one commune visit households of one of its villages."""

    class Chosen(models.TextChoices):
        ALL = "all", _("all households of the village")
        UNVISITED = "unvisited", _("those that were not visited since a day")
        EXPECTED = (
            "expected",
            _("those of whom somebody is asked to come back, or a change was begun at the counter"),
        )
        CHANGES = "changes", _("those with a change that waits to be decided")

    day = models.DateField(_("day"))
    village = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("village"))
    chosen = models.CharField(_("which households"), max_length=9, choices=Chosen.choices)
    not_since = models.DateField(_("not visited since"), null=True)
    officials = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("officials who take part")
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned"), default=timezone.now)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)

    class Meta:
        verbose_name = _("village day")
        verbose_name_plural = _("village days")
        indexes = [models.Index(fields=["village", "day"], name="village_day_by_village")]

    def __str__(self) -> str:
        return str(self.village)

    @property
    def is_open(self) -> bool:
        """Visits are begun and written down."""
        today = timezone.localdate()
        return self.cancelled_at is None and self.day <= today <= self.day + WRITTEN_UP

    @property
    def is_to_come(self) -> bool:
        return self.cancelled_at is None and self.day > timezone.localdate()


class HouseholdVisit(models.Model):
    """A household of a village day: whose visit it is at the moment, and what became of it.

    ``taken_by`` holds until ``taken_until``: a phone without a line takes no household from the others.
    """

    class Outcome(models.TextChoices):
        VISITED = "visited", _("visited, nothing to change")
        CHANGED = "changed", _("a change was registered")
        NOBODY = "nobody", _("nobody at home")
        MOVED = "moved", _("moved away")
        REFUSED = "refused", _("did not want the visit")

    village_day = models.ForeignKey(
        VillageDay, on_delete=models.CASCADE, related_name="visits", verbose_name=_("village day")
    )
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="+", verbose_name=_("household")
    )
    # On the printed list and on the screen.
    number = models.PositiveSmallIntegerField(_("number on the list"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    taken_until = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices, blank=True)
    note = EncryptedTextField(_("note"), null=True)
    # Who wrote the outcome down, which is who visited.
    visited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("visited by"),
    )
    visited_at = models.DateTimeField(_("written down"), null=True)

    class Meta:
        verbose_name = _("visit of a household")
        verbose_name_plural = _("visits of households")
        constraints = [
            models.UniqueConstraint(fields=["village_day", "household"], name="household_visit_once_a_day"),
            models.UniqueConstraint(fields=["village_day", "number"], name="household_visit_number"),
            models.CheckConstraint(
                name="household_visit_outcome_by_somebody",
                condition=Q(outcome="", visited_by=None) | (~Q(outcome="") & Q(visited_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display() or "–"

    def is_taken(self, now: datetime | None = None) -> bool:
        return self.taken_until is not None and self.taken_until > (now or timezone.now())

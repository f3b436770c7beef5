"""Days of which a decree says something else than the calendar of public holidays."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DecreedDay(models.Model):
    """The government moves and adds days off at short notice, which no library knows.

    Two stewards enter it, see ``approvals``; a trigger refuses any other way. No row is deleted: a decree
    that is withdrawn makes the day ``AS_USUAL``.
    """

    class Rule(models.TextChoices):
        OFF = "off", _("day off")
        WORKING = "working", _("working day")
        AS_USUAL = "as_usual", _("as the calendar says: the decree was withdrawn")

    objects: "ClassVar[models.Manager[DecreedDay]]"

    day = models.DateField(_("day"), unique=True)
    rule = models.CharField(_("what it is"), max_length=8, choices=Rule.choices)
    decree = models.CharField(
        _("decree"), max_length=200, help_text=_("Number, date and title, as anybody can look it up.")
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("approved by")
    )
    # Deadlines that were set before are set anew.
    approved_at = models.DateTimeField(_("approved"), default=timezone.now)

    class Meta:
        verbose_name = _("day by decree")
        verbose_name_plural = _("Days by decree")
        constraints = [
            models.CheckConstraint(name="decreed_day_by_two", condition=~Q(proposed_by=F("approved_by")))
        ]

    def __str__(self) -> str:
        return self.day.isoformat()

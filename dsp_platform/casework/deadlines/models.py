"""Bases of an item that has deadlines, and of the table of these."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.deadlines.timetable import DueFor
from dsp_platform.casework.models import WorkItem


class TimedItem(WorkItem):
    """One whose steps are promised until a day: ``due_at`` is the next, and ``due_for`` says of what."""

    deadlines: Any  # related manager of its ``WorkItemDeadline``

    due_for = models.CharField(_("what is due"), max_length=12, choices=DueFor.choices, blank=True)

    class Meta(WorkItem.Meta):
        abstract = True


def undated_index(name: str, open_states: Sequence[str]) -> models.Index:
    """Of open items that have no deadline yet: none, but for those from before there were any."""
    return models.Index(fields=["id"], condition=Q(due_at=None, state__in=open_states), name=name)


class WorkItemDeadline(models.Model):
    """One promise, as it was shown. Once it is met, or the day moves, it ends, and another row begins.

    A subclass adds the item, with ``related_name="deadlines"``.
    """

    class How(models.TextChoices):
        DONE = "done", _("done")
        MOVED = "moved", _("another day")
        PAUSED = "paused", _("the person was asked")

    objects: ClassVar[Any]
    item: Any

    due_for = models.CharField(_("what is due"), max_length=12, choices=DueFor.choices)
    since = models.DateTimeField(_("since"))
    due_at = models.DateTimeField(_("due"))
    # With the decrees of this time.
    set_at = models.DateTimeField(_("set"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True)
    how = models.CharField(_("how it ended"), max_length=8, choices=How.choices, blank=True)
    remind_at = models.DateTimeField(_("reminder"), null=True)
    # The next time that the level above gets it; None where there is none.
    escalate_at = models.DateTimeField(_("passed to the level above"), null=True)

    class Meta:
        abstract = True
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "due_for"], condition=Q(ended_at=None), name="%(class)s_one"
            )
        ]
        indexes = [
            models.Index(fields=["remind_at"], condition=Q(ended_at=None), name="%(class)s_remind"),
            models.Index(fields=["escalate_at"], condition=Q(ended_at=None), name="%(class)s_escalate"),
        ]

    def __str__(self) -> str:
        return f"{self.due_for} {self.due_at:%Y-%m-%d}"

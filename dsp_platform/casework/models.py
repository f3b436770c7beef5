"""Bases of the two tables of each kind of casework: the items that wait, and the steps taken with them; and
the notes of whoever works on them."""

from collections.abc import Sequence
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.expressions import Expression, OrderBy
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption.fields import EncryptedTextField


def queue_index(name: str, open_states: Sequence[str], since: str, *scope: str) -> models.Index:
    """A page of what is open, the oldest due first, is read without sorting. ``scope``: the columns that say
    whose queue an item is in."""
    is_open = models.Q(state__in=open_states)
    return models.Index(*scope, Coalesce("due_at", since), "id", name=name, condition=is_open)


def closed_index(name: str, open_states: Sequence[str], ended: str | Expression, *scope: str) -> models.Index:
    """The same of what is closed, the latest first."""
    latest = OrderBy(models.F(ended) if isinstance(ended, str) else ended, descending=True)
    is_closed = ~models.Q(state__in=open_states)
    return models.Index(*scope, latest, models.F("id").desc(), name=name, condition=is_closed)


class WorkItem(models.Model):
    """Whatever waits for a person. A subclass names its states, and those in which it waits.

    ``version`` grows with every step that changes what is to be decided: a decision is for the version that
    its page showed.
    """

    OPEN_STATES: ClassVar[tuple[str, ...]]
    SINCE: ClassVar[str]
    """Field with the time at which it came: what has no deadline is sorted by it."""
    ENDED: ClassVar[str | Expression]
    """What closed ones are sorted by: when it was closed, or the nearest to it that is known of each."""
    events: Any  # related manager of its ``WorkItemEvent``
    is_unread = False
    """Set by a list for a reader who may not read it."""
    is_due_soon = False
    """Set by a list: whoever has it is reminded of its deadline."""
    shown_name: Any = ""
    shown_area: Any = ""
    """Set by a list: of the person, as far as its reader may know them."""

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    state = models.CharField(_("state"), max_length=10)
    version = models.BigIntegerField(_("version"), default=1)
    # Of its text messages.
    language = models.CharField(_("language"), max_length=2, default="km")
    # See ``casework.assignment``. None once it is decided.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    # The next of its ``casework.deadlines``, where its kind has any.
    due_at = models.DateTimeField(_("deadline"), null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES


class WorkItemEvent(models.Model):
    """One step that was taken. Append-only. A subclass adds the item, with ``related_name="events"``."""

    at = models.DateTimeField(_("when"), default=timezone.now)
    step = models.CharField(_("step"), max_length=16)
    # That of the item after the step.
    state = models.CharField(_("state"), max_length=10)
    # Empty where a system took the step, or a person who stays unnamed.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    source = models.CharField(_("by way of"), max_length=8, blank=True)
    reason = models.CharField(_("reason"), max_length=32, blank=True)
    # Shown to the person whose item it is.
    note = EncryptedTextField(_("note"), null=True)

    class Meta:
        abstract = True
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class WorkItemNote(models.Model):
    """What those who work on an item tell each other: the person whose item it is reads none of it. Of all
    kinds in one table. Append-only."""

    objects: "ClassVar[models.Manager[WorkItemNote]]"

    # Name of the model of the item, and its key.
    item_kind = models.CharField(_("kind"), max_length=32)
    item_id = models.BigIntegerField(_("item"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    text = EncryptedTextField(_("internal note"))

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["item_kind", "item_id"], name="note_of_item")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.item_kind} {self.item_id}"

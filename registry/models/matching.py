"""Which records may be of one person, what was decided about it, and records that were merged."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.approval.models import Proposal
from dsp_platform.casework.models import WorkItem, WorkItemEvent, closed_index, queue_index
from dsp_platform.encryption.fields import EncryptedJSONField
from registry.models.area import Area
from registry.models.person import Person


class AwaitingMatch(models.Model):
    """Written with whatever may make a person somebody else's double: compared by the sweep of matching.

    The row is the promise. A message to a worker after the commit only saves time. Whoever is written anew
    while a worker compares them is taken by nobody again.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    # By a worker; None of whoever no worker compares.
    taken_until = models.DateTimeField(null=True)
    # Of an import, which compared them before they came in: whoever is written live is compared first.
    backlog = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("person to be compared")
        verbose_name_plural = _("persons to be compared")
        indexes = [models.Index(fields=["backlog", "since"], name="awaiting_match_since")]


class DuplicateCase(WorkItem):
    """Two records that are likely of one person. One row for each pair, whatever is decided: it is obeyed by
    every way in, so that a pair found to be two persons never comes back by itself.

    ``evidence``: by comparison, the level that was found and its weight (``registry.matching``).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a steward")
        ASKED = "asked", _("the commune is asked")
        SAME = "same", _("the same person")
        DIFFERENT = "different", _("two persons")
        ENDED = "ended", _("ended")

    class Answer(models.TextChoices):
        """What the commune answered."""

        SAME = "same", _("it is one person")
        DIFFERENT = "different", _("they are two persons")
        UNKNOWN = "unknown", _("nobody here can tell")

    OPEN_STATES = (State.WAITING, State.ASKED)
    SINCE, ENDED = "found_at", Coalesce("decided_at", "found_at")

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    # That with the smaller key first.
    first = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("first record")
    )
    second = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("second record")
    )
    # The logarithm to base 2 of the odds that both are one person.
    weight = models.FloatField(_("weight"))
    evidence = models.JSONField(_("evidence"), default=list)
    # Found by what a file said of them: comparing the records, which say less, does not end it.
    of_file = models.BooleanField(default=False, db_default=False)
    # Of the two the newcomer, where a source gave them the number of the other: not enrolled until it is
    # decided. Never rewritten; read with the aliases (registry.duplicates.selectors.held_back).
    held_back = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("not enrolled yet")
    )
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    # Of the commune that is asked; empty unless it was.
    village = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("village")
    )
    answer = models.CharField(
        _("answer of the commune"), max_length=10, choices=Answer.choices, blank=True, default=""
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    # Of the merge, where it takes two people. While it waits nothing else is decided.
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("proposal")
    )

    class Meta:
        verbose_name = _("likely duplicate")
        verbose_name_plural = _("likely duplicates")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(name="duplicate_pair_ordered", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="duplicate_decided_by_somebody",
                condition=~Q(state__in=["same", "different"]) | Q(decided_by__isnull=False),
            ),
        ]
        indexes = [
            queue_index("duplicate_queue", ("waiting", "asked"), "found_at"),
            closed_index("duplicate_closed", ("waiting", "asked"), Coalesce("decided_at", "found_at")),
            models.Index(fields=["second"], name="duplicate_second"),
            models.Index(fields=["village", "found_at"], condition=Q(state="asked"), name="duplicate_asked"),
        ]

    @property
    def waits_for_second(self) -> bool:
        """Whether the merge is proposed, and a second steward decides."""
        return (
            self.proposal is not None and self.proposal.is_open and timezone.now() < self.proposal.waits_until
        )


class DuplicateCaseEvent(WorkItemEvent):
    # A case of persons who are gone goes with them; that it was found stays, as in every history.
    case = models.ForeignKey(
        DuplicateCase,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="events",
        verbose_name=_("likely duplicate"),
    )
    state = models.CharField(_("state"), max_length=10, choices=DuplicateCase.State.choices)


class Merge(models.Model):
    """Two records that became one. ``snapshot``: by table, its rows before and after, from which it is
    undone; each room registers its tables (``registry.merging``)."""

    kept = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("record that remains")
    )
    merged = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("record that became an alias")
    )
    snapshot = EncryptedJSONField(default=dict)
    at = models.DateTimeField(_("when"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    # The second person, where it took two.
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta:
        verbose_name = _("merge of two records")
        verbose_name_plural = _("merges of records")
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="merge_one_in_force"
            ),
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=F("merged"))),
            models.CheckConstraint(
                name="merge_maker_is_not_checker",
                condition=Q(approved_by=None) | ~Q(approved_by=F("decided_by")),
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="merge_by_day")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

"""The delivery ledger. No table of it has personal data."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import subject_label
from dsp_platform.exchange.models.operators import Agreement, Operator


class LedgerEntry(models.Model):
    """An operator must have this version of this subject.

    ``revision`` is a number of the sequence ``exchange_revision``, a new one whenever what the operator must
    have changes: a new version of the subject, but also a consent given or withdrawn at the same version. The
    operator's version column gets it and keeps the highest, so a withdrawal replaces the record before it and
    a new consent replaces the withdrawal. No two deliveries share a revision, so the numbers alone say which
    records an operator has. ``agreement`` is the one under which it is wanted or was delivered; null where
    the operator must not have it.

    No column that a delivery changes is in an index, so that PostgreSQL updates the row in its page (HOT).
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        DELIVERED = "delivered", _("delivered")
        HELD = "held", _("held for a person")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # Not checked by the database, which would look them up for every row: operators and agreements are
    # never deleted, and the agreement was read in the same transaction.
    operator = models.ForeignKey(
        Operator,
        on_delete=models.PROTECT,
        related_name="ledger",
        db_index=False,
        db_constraint=False,
        verbose_name=_("operator"),
    )
    kind = models.CharField(_("kind"), max_length=32)
    subject_id = models.BigIntegerField(_("subject"))
    wanted_version = models.BigIntegerField(_("wanted version"))
    delivered_version = models.BigIntegerField(_("delivered version"), default=0)
    revision = models.BigIntegerField(_("revision"), default=1)
    delivered_revision = models.BigIntegerField(_("delivered revision"), default=0)
    # True once a delivery may have reached the operator, even if the worker died before it recorded that:
    # from then on a withdrawal must be sent, not only recorded.
    may_have_copy = models.BooleanField(_("the operator may have a copy"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DUE)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    announced_at = models.DateTimeField(_("announced"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("sharing agreement"),
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("delivery ledger")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "kind", "operator"], name="ledger_one_row_per_subject"
            )
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {subject_label(self.kind)} {self.subject_id}"


class Outstanding(models.Model):
    """An entry that is due or held. Settled entries and those in flight have no row here: the table stays
    small.

    ``backlog`` marks what a first fill announced: live changes have priority.
    """

    entry = models.OneToOneField(
        LedgerEntry,
        on_delete=models.CASCADE,
        primary_key=True,
        db_constraint=False,
        related_name="outstanding",
        verbose_name=_("ledger entry"),
    )
    operator = models.ForeignKey(
        Operator,
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="outstanding",
        verbose_name=_("operator"),
    )
    backlog = models.BooleanField(_("first fill"), default=False)
    held = models.BooleanField(_("held for a person"), default=False)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("outstanding delivery")
        verbose_name_plural = _("outstanding deliveries")
        indexes = [
            models.Index(
                fields=["operator", "backlog", "not_before"], condition=Q(held=False), name="outstanding_due"
            ),
            models.Index(fields=["operator"], condition=Q(held=True), name="outstanding_held"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.entry_id}"


class Lease(models.Model):
    """A batch in flight. When the lease expires its entries are outstanding again."""

    id = models.UUIDField(primary_key=True)
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="leases", verbose_name=_("operator")
    )
    entries = ArrayField(models.BigIntegerField(), verbose_name=_("ledger entries"))
    backlog = models.BooleanField(_("first fill"), default=False)
    taken_at = models.DateTimeField(_("taken"), default=timezone.now)
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("batch in flight")
        verbose_name_plural = _("batches in flight")

    def __str__(self) -> str:
        return f"{self.operator_id} {self.pk}"


class OperatorLease(models.Model):
    """One worker delivers to an operator, or reads its reports (``exchange.ledger.operator_leases``)."""

    operator = models.ForeignKey(
        Operator, on_delete=models.CASCADE, related_name="+", verbose_name=_("operator")
    )
    work = models.CharField(_("work"), max_length=8)
    token = models.BigIntegerField(_("fencing token"))
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("lease of an operator")
        verbose_name_plural = _("leases of operators")
        constraints = [
            models.UniqueConstraint(fields=["operator", "work"], name="operator_lease_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.work} {self.token}"


class Attempt(models.Model):
    """One attempt to deliver a record. Append-only; old months are dropped.

    The table is partitioned by the month of ``at`` (``exchange.ledger.partitions``). The database does not
    check its foreign keys: they are copied from a ledger row.
    """

    at = models.DateTimeField(_("when"), db_default=Now())
    operator = models.ForeignKey(
        Operator,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("operator"),
    )
    kind = models.CharField(_("kind"), max_length=32)
    subject_id = models.BigIntegerField(_("subject"))
    version = models.BigIntegerField(_("version"))
    revision = models.BigIntegerField(_("revision"), default=0)
    withdrawal = models.BooleanField(_("withdrawal"), default=False)
    outcome = models.CharField(_("outcome"), max_length=16)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    digest = models.BinaryField(_("digest of what was sent"), max_length=16, null=True)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("sharing agreement"),
    )
    consent_id = models.BigIntegerField(_("consent"), null=True)
    receipt = models.CharField(_("receipt"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        indexes = [
            models.Index(fields=["subject_id", "kind", "at"], name="attempt_of_subject"),
            # For what was sent in the last minute; nearly free, because rows are inserted in this order.
            BrinIndex(fields=["at"], autosummarize=True, pages_per_range=16, name="attempt_lately"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.operator_id} {subject_label(self.kind)} {self.subject_id}"

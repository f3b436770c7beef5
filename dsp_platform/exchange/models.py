"""Operators, what may be shared with them, who holds which version of whom, what they report."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.mapping import mapping_problems
from dsp_platform.history import tracked


class Operator(models.Model):  # type: ignore[django-manager-missing]
    """A social-protection operator and how its system is reached.

    The connection is never stored: the ``database`` adapter reads ``OPERATOR_<CODE>_DATABASE_URL``.
    ``status_mapping`` names the table in which the operator's own system writes decisions.
    """

    # Said aloud for the type checker, which cannot see the manager that translation puts in.
    objects: "ClassVar[models.Manager[Operator]]"

    code = models.SlugField(_("code"), max_length=32, primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    system = models.CharField(_("system"), max_length=200, blank=True)
    adapter = models.CharField(_("adapter"), max_length=16, default="database")
    status_mapping = models.JSONField(_("status table"), default=dict, blank=True)
    pull_cursor = models.BigIntegerField(_("last status read"), default=0)
    active = models.BooleanField(_("active"), default=True)
    paused_at = models.DateTimeField(_("paused by a steward"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    retry_at = models.DateTimeField(_("not tried before"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=64, blank=True)
    pull_error = models.CharField(_("last error when reading reports"), max_length=64, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)

    class Meta:
        verbose_name = _("operator")
        verbose_name_plural = _("operators")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name or self.code


@tracked
class Agreement(models.Model):
    """What one operator may be told of one kind of record: which fields, of whom, on what basis."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        ENDED = "ended", _("ended")

    class Concerns(models.TextChoices):
        RULE = "rule", _("those who meet a rule")
        APPLICANTS = "applicants", _("applicants of its programmes")
        APPLICANTS_OR_RULE = "applicants_or_rule", _("applicants, and those who meet a rule")

    class Basis(models.TextChoices):
        CONSENT = "consent", _("the person's consent")
        LAW = "law", _("a law")

    objects: "ClassVar[models.Manager[Agreement]]"

    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("operator")
    )
    kind = models.CharField(_("kind of record"), max_length=32)
    number = models.PositiveIntegerField(_("number"), default=1)
    fields = models.JSONField(_("fields"), default=list)
    mapping = models.JSONField(_("table and columns"), default=dict)
    concerns = models.CharField(_("concerns"), max_length=20, choices=Concerns.choices)
    rule = models.TextField(_("rule"), blank=True)
    basis = models.CharField(_("basis"), max_length=8, choices=Basis.choices)
    legal_reference = models.CharField(_("law"), max_length=200, blank=True)
    purpose = models.CharField(_("purpose"), max_length=300)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("drafted by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    class Meta:
        verbose_name = _("sharing agreement")
        verbose_name_plural = _("sharing agreements")
        constraints = [
            models.UniqueConstraint(fields=["operator", "kind", "number"], name="agreement_number_once"),
            models.UniqueConstraint(
                fields=["operator", "kind"],
                condition=Q(state="approved"),
                name="agreement_one_in_force",
            ),
            models.CheckConstraint(
                name="agreement_maker_is_not_checker",
                condition=~Q(drafted_by=F("approved_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.kind} {self.number}"

    def clean(self) -> None:
        problems = mapping_problems(self.mapping, self.fields)
        if problems:
            raise ValidationError({"mapping": problems})
        if self.basis == self.Basis.LAW and not self.legal_reference:
            raise ValidationError({"legal_reference": _("Name the law this agreement rests on.")})


class LedgerEntry(models.Model):
    """Operator X must hold version n of this subject. Holds no personal data.

    ``revision`` grows whenever what the operator must hold changes: a new version of the subject, but
    also consent given or withdrawn at the same version. It is what the operator's version column gets
    and compares, so a withdrawal beats the record before it and a new consent beats the withdrawal.
    ``agreement`` is the one it is wanted (or was delivered) under; null where it must not be held.
    """

    class State(models.TextChoices):
        DUE = "due", _("due")
        DELIVERED = "delivered", _("delivered")
        HELD = "held", _("held for a person")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # No index of their own on these keys: the constraint below and the partial indexes serve every
    # question, and each further index is paid at every delivery.
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="ledger", db_index=False, verbose_name=_("operator")
    )
    kind = models.CharField(_("kind"), max_length=32)
    subject_id = models.BigIntegerField(_("subject"))
    wanted_version = models.BigIntegerField(_("wanted version"))
    delivered_version = models.BigIntegerField(_("delivered version"), default=0)
    revision = models.BigIntegerField(_("revision"), default=1)
    delivered_revision = models.BigIntegerField(_("delivered revision"), default=0)
    # True from the moment a delivery may have reached the operator, even if nobody lived to note it:
    # from then on a withdrawal has to be sent, not just noted.
    may_hold = models.BooleanField(_("the operator may hold it"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DUE)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    announced_at = models.DateTimeField(_("announced"), default=timezone.now)
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
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
        indexes = [
            models.Index(fields=["operator", "not_before"], condition=Q(state="due"), name="ledger_due"),
            models.Index(fields=["operator", "reason"], condition=Q(state="held"), name="ledger_held"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.kind} {self.subject_id}"


class Attempt(models.Model):
    """What happened to one record at one try. Only ever added.

    Its keys are not checked by the database: written from a ledger row whose own keys are.
    """

    at = models.DateTimeField(_("when"), default=timezone.now)
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
    withdrawal = models.BooleanField(_("withdrawal"), default=False)
    outcome = models.CharField(_("outcome"), max_length=16)
    reason = models.CharField(_("reason"), max_length=64, blank=True)
    digest = models.BinaryField(_("digest of what was sent"), max_length=32, null=True)
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
    idempotency_key = models.UUIDField(_("idempotency key"), null=True)
    receipt = models.CharField(_("receipt"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        indexes = [models.Index(fields=["subject_id", "kind", "at"])]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.kind} {self.subject_id}"


class StatusReport(models.Model):
    """What an operator told us, stored before it is handled."""

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
    not_before = models.DateTimeField(_("not before"), default=timezone.now)

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        constraints = [models.UniqueConstraint(fields=["operator", "reference"], name="report_once")]
        indexes = [models.Index(fields=["not_before"], condition=Q(state="received"), name="report_new")]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.reference}"

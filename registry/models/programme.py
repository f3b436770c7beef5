from typing import ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked
from dsp_platform.exchange.models import Operator
from registry.rules.check import check_rule
from registry.rules.parse import RuleError

TEXTS = (
    "name", "summary", "for_whom", "gives", "how_to", "documents", "how_long", "contact", "state_note",
    "source",
)  # fmt: skip
"""The translated texts of a programme."""
PAGE_FIELDS = (
    *("expected_days", "opens_on", "closes_on"),
    *(f"{text}_{language}" for text in TEXTS for language in ("km", "en")),
)
"""The columns of its public page: texts and dates."""


@tracked
class Programme(models.Model):  # type: ignore[django-manager-missing]
    """One kind of support in the catalogue. ``rule`` is a CEL expression over named facts.

    A draft is not public, and one steward edits its texts. Publishing takes two stewards, and so does every
    later change of what citizens read.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        OPEN = "open", _("Open")
        PAUSED = "paused", _("Paused")
        SEASONAL = "seasonal", _("Seasonal")
        CLOSED = "closed", _("Closed")

    objects: "ClassVar[models.Manager[Programme]]"

    code = models.SlugField(_("code"), max_length=32, unique=True)
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("operator")
    )
    # Null where the operator pays by itself. Both may report enrolments and payments.
    payer = models.ForeignKey(
        Operator,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paid by another operator"),
    )
    name = models.CharField(_("name"), max_length=200)
    summary = models.CharField(_("in one sentence"), max_length=300)
    for_whom = models.TextField(_("for whom"), blank=True)
    documents = models.TextField(
        _("documents to bring"), blank=True, help_text=_("One line for each document.")
    )
    how_long = models.CharField(_("how long it takes"), max_length=200, blank=True)
    gives = models.TextField(
        _("what it gives, in words"), blank=True, help_text=_("What has no amount. One line for each.")
    )
    how_to = models.TextField(_("how to get it"), blank=True, help_text=_("One line for each step."))
    contact = models.CharField(
        _("how to reach who runs it"),
        max_length=200,
        blank=True,
        help_text=_("Only what is public. Empty: not known."),
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    state_note = models.CharField(
        _("what the state means"),
        max_length=300,
        blank=True,
        help_text=_("Why it is paused or closed, or when its season is."),
    )
    opens_on = models.DateField(
        _("opens on"), null=True, blank=True, help_text=_("The first day on which one can apply.")
    )
    closes_on = models.DateField(
        _("closes on"), null=True, blank=True, help_text=_("The last day on which one can apply.")
    )
    takes_applications = models.BooleanField(_("takes applications"), default=True)
    rule = models.TextField(_("rule"), blank=True)
    rule_version = models.PositiveIntegerField(_("rule version"), default=1)
    source = models.CharField(_("source"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    # The applicant is promised the day; empty until the operator has named them.
    expected_days = models.PositiveSmallIntegerField(
        _("working days to a decision"),
        null=True,
        blank=True,
        help_text=_("Within how many working days an application is decided. Empty: 15 are promised."),
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal"),
        null=True,
        blank=True,
        help_text=_("Within how many days of a decision one may appeal. Empty: no last day is known."),
    )

    # Of approvals and refusals, drawn at random; and approvals where the programme gives more than that.
    second_review_share = models.PositiveSmallIntegerField(
        _("percent that a second reviewer looks at"),
        default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("Drawn at random from all decisions of reviewers. 0: none."),
    )
    second_review_above = models.PositiveIntegerField(
        _("a second reviewer looks at approvals above"),
        null=True,
        blank=True,
        help_text=_("In riel: where the programme gives a larger amount. Empty: none."),
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                name="programme_second_review_is_percent", condition=Q(second_review_share__lte=100)
            ),
            models.CheckConstraint(
                name="programme_opens_before_it_closes",
                condition=Q(opens_on=None) | Q(closes_on=None) | Q(opens_on__lte=F("closes_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Raises ValidationError at ``rule`` when it cannot be judged, and for dates in the wrong order."""
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise ValidationError({"closes_on": _("The last day lies before the first.")})
        if self.rule.strip():
            try:
                check_rule(self.rule)
            except RuleError as error:
                raise ValidationError({"rule": str(error)}) from None


@tracked
class Benefit(models.Model):
    """An amount that a programme gives, or that one pays for it, with the dates between which it is valid.

    Either riel or a percentage (of the wage). A confidential one is on no page, list or print.
    """

    class Kind(models.TextChoices):
        GIVES = "gives", _("what it gives")
        COSTS = "costs", _("what it costs")

    class Precision(models.TextChoices):
        """How exactly the first day is known. Of an announced change it may be only the month."""

        DAY = "day", _("that day")
        MONTH = "month", _("in that month")
        ABOUT = "about", _("about that month")
        UNKNOWN = "unknown", _("not public: it was in force on that day")

    objects: "ClassVar[models.Manager[Benefit]]"

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="benefits", verbose_name=_("programme")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices, default=Kind.GIVES)
    label = models.CharField(_("what for"), max_length=200)
    amount = models.PositiveIntegerField(_("amount in riel"), null=True, blank=True)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    per = models.CharField(_("per"), max_length=100, blank=True)
    valid_from = models.DateField(_("valid from"))
    precision = models.CharField(
        _("valid from is"), max_length=7, choices=Precision.choices, default=Precision.DAY
    )
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    confidential = models.BooleanField(
        _("confidential"), default=False, help_text=_("Shown on no page, in no list and on no print.")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
        ordering = ["programme", "-valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                name="benefit_riel_or_percent",
                condition=Q(amount=None, percent__isnull=False) | Q(amount__isnull=False, percent=None),
            )
        ]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if (self.amount is None) == (self.percent is None):
            raise ValidationError(_("Give either an amount in riel or a percentage."))
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("The last day lies before the first.")})


class RuleVersion(models.Model):
    """The text of a rule and the moment from which it holds, until the next number holds.

    A trigger writes it with the programme's row, whoever changes that, and nothing changes it afterwards. Two
    never hold at once, because none has an end of its own.
    """

    objects: "ClassVar[models.Manager[RuleVersion]]"

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="rule_versions", verbose_name=_("programme")
    )
    number = models.PositiveIntegerField(_("rule version"))
    rule = models.TextField(_("rule"), blank=True)
    holds_from = models.DateTimeField(_("holds from"))

    class Meta:
        verbose_name = _("version of the rule")
        verbose_name_plural = _("versions of the rule")
        ordering = ["programme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="rule_version_once"),
            models.UniqueConstraint(fields=["programme", "holds_from"], name="rule_version_one_at_a_time"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.programme} {self.number}"

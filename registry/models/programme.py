from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.models import Operator
from dsp_platform.history import tracked
from registry.rules import RuleError, parse_rule


@tracked
class Programme(models.Model):  # type: ignore[django-manager-missing]
    """One kind of support in the catalogue. ``rule`` is a CEL expression over named facts."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PAUSED = "paused", _("Paused")
        SEASONAL = "seasonal", _("Seasonal")
        CLOSED = "closed", _("Closed")

    objects: "ClassVar[models.Manager[Programme]]"

    code = models.SlugField(_("code"), max_length=32, unique=True)
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("operator")
    )
    name = models.CharField(_("name"), max_length=200)
    summary = models.CharField(_("in one sentence"), max_length=300)
    for_whom = models.TextField(_("for whom"), blank=True)
    documents = models.TextField(_("documents to bring"), blank=True)
    how_long = models.CharField(_("how long it takes"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    takes_applications = models.BooleanField(_("takes applications"), default=True)
    rule = models.TextField(_("rule"), blank=True)
    rule_version = models.PositiveIntegerField(_("rule version"), default=1)
    source = models.CharField(_("source"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    # Unknown as long as no operator has told them: then no date is promised, and none is invented.
    expected_days = models.PositiveSmallIntegerField(
        _("days to a decision"),
        null=True,
        blank=True,
        help_text=_("In how many days an application is usually decided. Empty: not known."),
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal"),
        null=True,
        blank=True,
        help_text=_("Within how many days of a decision one may appeal. Empty: no last day is known."),
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name or self.code

    def clean(self) -> None:
        """Raises ValidationError at ``rule`` when it cannot be judged."""
        if self.rule.strip():
            try:
                parse_rule(self.rule)
            except RuleError as error:
                raise ValidationError({"rule": str(error)}) from None


@tracked
class Benefit(models.Model):
    """An amount, in riel, that a programme gives from one date to another."""

    objects: "ClassVar[models.Manager[Benefit]]"

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="benefits", verbose_name=_("programme")
    )
    label = models.CharField(_("what for"), max_length=200)
    amount = models.PositiveIntegerField(_("amount in riel"))
    per = models.CharField(_("per"), max_length=100, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("benefit")
        verbose_name_plural = _("benefits")
        ordering = ["programme", "-valid_from", "id"]

    def __str__(self) -> str:
        return self.label

"""Databases whose records may be taken into the registry."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.database.history import tracked
from dsp_platform.exchange.models import Operator
from registry.models.programme import Programme


@tracked
class ImportSource(models.Model):
    """One database of an operator: how its rows are read, and what they may write.

    ``mapping`` is described in ``registry.imports.mapping``, ``trust`` in ``registry.imports.sources.trust``.
    Once it was approved the code stays: ``Person.origins`` holds it.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")

    # For the type checker, which cannot see the manager that modeltranslation adds.
    objects: "ClassVar[models.Manager[ImportSource]]"

    code = models.SlugField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=200)
    operator = models.ForeignKey(
        Operator, on_delete=models.PROTECT, related_name="+", verbose_name=_("operator")
    )
    # Whose enrolments come with the persons.
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("programme of its members"),
    )
    mapping = models.JSONField(_("columns"), default=dict)
    trust = models.JSONField(_("what it may write"), default=dict)
    # 1 is trusted most.
    rank = models.PositiveSmallIntegerField(_("rank among the sources"), default=100)
    legal_basis = models.CharField(_("law or agreement"), max_length=300)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.DRAFT)
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
    # Kept when it becomes a draft again.
    approved_at = models.DateTimeField(_("last approved"), null=True, blank=True)

    class Meta:
        verbose_name = _("import source")
        verbose_name_plural = _("import sources")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="import_source_maker_is_not_checker", condition=~Q(drafted_by=F("approved_by"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.approved_at IS NOT NULL"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code

    @property
    def is_in_force(self) -> bool:
        """Only then anything is imported from it."""
        today = timezone.localdate()
        begun = self.state == self.State.APPROVED and self.valid_from <= today
        return begun and (self.valid_to is None or today <= self.valid_to)

    def clean(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("The last day lies before the first.")})

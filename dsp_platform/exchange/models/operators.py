"""Operators, and the agreements on what may be shared with them."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsp_platform.audit.actions import subject_label
from dsp_platform.database.history import tracked
from dsp_platform.exchange.mapping.layout import Layout, layout_of
from dsp_platform.exchange.mapping.problems import mapping_problems


class Operator(models.Model):  # type: ignore[django-manager-missing]
    """A social-protection operator and how its system is reached.

    The connection is not stored: the ``database`` adapter reads ``OPERATOR_<CODE>_DATABASE_URL``. ``address``
    is the public address of an adapter that needs one (member and service of CamDX). ``status_mapping``
    describes the table in which the operator's own system writes decisions.
    """

    # For the type checker, which cannot see the manager that modeltranslation adds.
    objects: "ClassVar[models.Manager[Operator]]"

    code = models.SlugField(_("code"), max_length=32, primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    system = models.CharField(_("system"), max_length=200, blank=True)
    adapter = models.CharField(_("adapter"), max_length=16, default="database")
    address = models.JSONField(_("address"), default=dict, blank=True)
    status_mapping = models.JSONField(_("status table"), default=dict, blank=True)
    pull_cursor = models.BigIntegerField(_("last status read"), default=0)
    active = models.BooleanField(_("active"), default=True)
    paused_at = models.DateTimeField(_("paused by a steward"), null=True, blank=True)
    rate_per_minute = models.PositiveIntegerField(_("most records a minute"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    retry_at = models.DateTimeField(_("not tried before"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=64, blank=True)
    pull_error = models.CharField(_("last error when reading reports"), max_length=64, blank=True)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True)
    reconciled_at = models.DateTimeField(_("last compared"), null=True, blank=True)

    class Meta:
        verbose_name = _("operator")
        verbose_name_plural = _("operators")
        ordering = ["code"]

    def __str__(self) -> str:
        """With the name of the system, where there is one: an institution may run several."""
        return " – ".join(filter(None, (self.name or self.code, self.system)))


@tracked
class Agreement(models.Model):
    """What one operator may receive of one kind of record: which fields, of whom, on what basis.

    Only a draft may be changed. An approved agreement may only end, or get an earlier last day.
    """

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
            models.CheckConstraint(
                name="agreement_maker_is_not_checker",
                condition=~Q(drafted_by=F("approved_by")),
            ),
            # In a migration, because Django cannot validate it beforehand: the days of two approved
            # agreements never overlap (agreement_one_at_a_time).
        ]
        triggers = [
            pgtrigger.Protect(
                name="never_edited",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'draft' AND (to_jsonb(OLD) - '{state,valid_to}'::text[])"
                    " <> (to_jsonb(NEW) - '{state,valid_to}'::text[])"
                ),
            ),
            pgtrigger.Protect(
                name="only_ended",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state = 'ended' OR (OLD.state = 'approved' AND (NEW.state = 'draft'"
                    " OR coalesce(NEW.valid_to, 'infinity') > coalesce(OLD.valid_to, 'infinity')))"
                ),
            ),
            pgtrigger.Protect(
                name="kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'draft'"),
            ),
        ]

    def __str__(self) -> str:
        about = {"operator": self.operator, "kind": subject_label(self.kind), "number": self.number}
        return gettext("%(operator)s, %(kind)s, number %(number)s") % about

    @property
    def begins_later(self) -> bool:
        return self.valid_from > timezone.localdate()

    @property
    def is_followed(self) -> bool:
        """Whether another one is approved that begins later."""
        later = Agreement.objects.filter(operator=self.operator_id, kind=self.kind, state=self.State.APPROVED)
        return later.filter(valid_from__gt=self.valid_from).exists()

    @property
    def layout(self) -> Layout:
        """The mapping, parsed. Raises ValueError where it cannot be read."""
        return layout_of(self.mapping)

    def clean(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("The last day lies before the first.")})
        if not isinstance(self.fields, list) or not all(isinstance(name, str) for name in self.fields):
            raise ValidationError({"fields": _("The fields must be a JSON list of names.")})
        problems = mapping_problems(self.mapping, self.fields)
        if problems:
            raise ValidationError({"mapping": problems})
        if self.basis == self.Basis.LAW and not self.legal_reference:
            raise ValidationError({"legal_reference": _("Name the law this agreement rests on.")})

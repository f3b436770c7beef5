"""Applying for a programme: the application and every step it took."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.fields import EncryptedTextField
from registry.models import Person, Programme


class Application(models.Model):
    class State(models.TextChoices):
        SUBMITTED = "submitted", _("received")
        IN_REVIEW = "in_review", _("under review")
        MORE_ASKED = "more_asked", _("more information asked")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN_STATES = ("submitted", "in_review", "more_asked")

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="applications"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="applications"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SUBMITTED)
    verdict = models.CharField(_("verdict"), max_length=16)
    missing_facts = models.JSONField(_("missing facts"), default=list)
    rule_version = models.PositiveIntegerField(_("rule version"))
    language = models.CharField(_("language"), max_length=2)
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    # Empty when the operator's own system decided.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    # Of the decision, so that a letter keeps telling the day it promised.
    appeal_until = models.DateField(_("may be appealed until"), null=True, blank=True)
    version = models.BigIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=Q(state__in=["submitted", "in_review", "more_asked"]),
                name="application_one_open",
            ),
            models.CheckConstraint(
                name="application_maker_is_not_checker",
                condition=~Q(submitted_by=F("decided_by")),
            ),
        ]
        indexes = [models.Index(fields=["programme", "state", "submitted_at"])]

    def __str__(self) -> str:
        return self.reference


class ApplicationEvent(models.Model):
    """One step on the timeline. Only ever added. ``note`` is shown to the applicant."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="events", verbose_name=_("application")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    step = models.CharField(_("step"), max_length=16)
    state = models.CharField(_("state"), max_length=10, choices=Application.State.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    source = models.CharField(_("by way of"), max_length=8)  # portal, counter, admin, operator
    reason = models.CharField(_("reason"), max_length=32, blank=True)
    note = EncryptedTextField(_("note"), null=True, db_column="sealed_note")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["at", "id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

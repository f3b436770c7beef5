"""Applying for a programme: the application and every step it took."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.deadlines.models import TimedItem, WorkItemDeadline, undated_index
from dsp_platform.casework.models import WorkItemEvent, closed_index, queue_index
from dsp_platform.exchange.models import Operator
from registry.models import Person, Programme

_OPEN = ("submitted", "in_review", "more_asked")
_ENDED = Coalesce("decided_at", "submitted_at")  # a withdrawn one was not decided


class Application(TimedItem):
    class State(models.TextChoices):
        SUBMITTED = "submitted", _("received")
        IN_REVIEW = "in_review", _("under review")
        MORE_ASKED = "more_asked", _("more information asked")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    OPEN_STATES = _OPEN
    SINCE = "submitted_at"
    ENDED = _ENDED

    programme = models.ForeignKey(
        Programme, verbose_name=_("programme"), on_delete=models.PROTECT, related_name="applications"
    )
    # That of the programme, set by a trigger: the index of a queue begins with it.
    operator = models.ForeignKey(
        Operator,
        verbose_name=_("operator"),
        on_delete=models.PROTECT,
        related_name="+",
        db_default="",
        editable=False,
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.PROTECT, related_name="applications"
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SUBMITTED)
    verdict = models.CharField(_("verdict"), max_length=16)
    missing_facts = models.JSONField(_("missing facts"), default=list)
    rule_version = models.PositiveIntegerField(_("rule version"))
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
    # As they were told with the decision: a later change of the programme does not change them.
    amounts = models.JSONField(_("amounts"), default=list, blank=True)
    # Fixed with the decision: the letter promised this day.
    appeal_until = models.DateField(_("may be appealed until"), null=True, blank=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme"],
                condition=Q(state__in=_OPEN),
                name="application_one_open",
            ),
            models.CheckConstraint(
                name="application_maker_is_not_checker",
                condition=~Q(submitted_by=F("decided_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state", "submitted_at"]),
            undated_index("application_undated", _OPEN),
            queue_index("application_queue", _OPEN, "submitted_at", "operator"),
            closed_index("application_closed", _OPEN, _ENDED, "operator"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="operator_of_programme",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("programme_id", "operator_id"),
                func="""
                    NEW.operator_id = (
                        SELECT operator_id FROM registry_programme WHERE id = NEW.programme_id
                    );
                    RETURN NEW;
                """,
            )
        ]


class ApplicationDeadline(WorkItemDeadline):
    item = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="deadlines")


class ApplicationEvent(WorkItemEvent):
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="events", verbose_name=_("application")
    )
    state = models.CharField(_("state"), max_length=10, choices=Application.State.choices)

    class Meta(WorkItemEvent.Meta):
        # Whether a document came, asked of each row of a list.
        indexes = [
            models.Index(
                fields=["application"], condition=Q(step="document"), name="application_document_came"
            )
        ]

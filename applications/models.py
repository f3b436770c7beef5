"""Applying for a programme: the application, every step it took, and decisions that have not left yet."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.deadlines.models import TimedItem, WorkItemDeadline, undated_index
from dsp_platform.casework.models import WorkItemEvent, closed_index, queue_index
from dsp_platform.encryption.fields import EncryptedJSONField, EncryptedTextField
from dsp_platform.exchange.models import Operator
from registry.models import Person, Programme, QuestionsVersion

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
    # Another operator's, where the decision referred the applicant to it.
    referred_to = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("referred to"),
    )
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
            # The numbers of a programme by month.
            models.Index(fields=["programme", "submitted_at"], name="application_numbers"),
            # Reopened by an appeal: few among many.
            models.Index(
                fields=["decided_at"],
                condition=Q(state__in=_OPEN, decided_at__isnull=False),
                name="application_reopened",
            ),
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
    # Of a refusal all its codes, with commas between them.
    reason = models.CharField(_("reason"), max_length=160, blank=True)
    # The note in the other language, where the reviewer wrote both.
    note_translated = EncryptedTextField(_("note in the other language"), null=True)

    def words(self, language: str) -> str:
        """The note in that language, or as it was written where it was in one language only."""
        own = self.application.language == language
        return (self.note if own else self.note_translated or self.note) or ""

    class Meta(WorkItemEvent.Meta):
        # Whether a document came, asked of each row of a list.
        indexes = [
            models.Index(
                fields=["application"], condition=Q(step="document"), name="application_document_came"
            )
        ]


class AnswerDraft(models.Model):
    """Answers to a programme's questions before the application is sent: saved at each "Continue", kept for
    30 days. Only the account that gave them is shown them; at the counter, where that is the official's, only
    in a case of the person who gave them (``subject``).

    ``answers_to`` is the version of which its owner has been told.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    answers_to = models.ForeignKey(QuestionsVersion, on_delete=models.PROTECT, related_name="+")
    answers = EncryptedJSONField(default=dict)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answers before an application")
        verbose_name_plural = _("answers before an application")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme", "owner", "subject"],
                nulls_distinct=False,
                name="answer_draft_once",
            )
        ]


class Answers(models.Model):
    """What was answered with an application, by the name of the question; and of which version."""

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, primary_key=True, related_name="answers"
    )
    answers_to = models.ForeignKey(QuestionsVersion, on_delete=models.PROTECT, related_name="+")
    answers = EncryptedJSONField(default=dict)

    class Meta:
        verbose_name = _("answers of an application")
        verbose_name_plural = _("answers of applications")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class HeldDecision(models.Model):
    """A reviewer's decision before it leaves: until it is carried out only the operator's staff know of it,
    and it can be undone. The application stays as it is."""

    class State(models.TextChoices):
        HELD = "held", _("not left yet")
        DONE = "done", _("carried out")
        UNDONE = "undone", _("undone")
        RETURNED = "returned", _("sent back by the second reviewer")
        CANCELLED = "cancelled", _("not carried out")

    class Second(models.TextChoices):
        """Why another reviewer must agree."""

        AMOUNT = "amount", _("The amount is above what one reviewer decides alone.")
        SHARE = "share", _("It was drawn for a second reviewer, as a share of all is.")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="held_decisions", verbose_name=_("application")
    )
    # Of the application that the reviewer saw.
    version = models.BigIntegerField(_("version"))
    decision = models.CharField(_("decision"), max_length=16)
    reason = models.CharField(_("reason"), max_length=160, blank=True)
    referred_to = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("referred to")
    )
    # In the language of the application, and in the other one.
    note = EncryptedTextField(_("note"), null=True)
    note_translated = EncryptedTextField(_("note in the other language"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)
    # Who submitted the application: the database refuses them as either reviewer.
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("submitted by")
    )
    second = models.CharField(_("second reviewer"), max_length=8, choices=Second.choices, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("agreed by"),
    )
    # Empty while it waits for the second reviewer.
    carry_out_at = models.DateTimeField(_("leaves at"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.HELD)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True)
    # Of one that was not carried out: the class of the error.
    end_reason = models.CharField(_("reason"), max_length=32, blank=True)
    # When whoever decided saw that it was sent back, or not carried out.
    seen_at = models.DateTimeField(_("seen"), null=True)

    class Meta:
        verbose_name = _("held decision")
        verbose_name_plural = _("held decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="held"), name="held_decision_one_open"
            ),
            models.CheckConstraint(
                name="held_decision_maker_is_not_checker", condition=~Q(filed_by=F("decided_by"))
            ),
            models.CheckConstraint(
                name="held_decision_second_is_another",
                condition=Q(agreed_by=None) | (~Q(agreed_by=F("decided_by")) & ~Q(agreed_by=F("filed_by"))),
            ),
            models.CheckConstraint(
                name="held_decision_leaves_with_second",
                condition=Q(second="")
                | Q(agreed_by__isnull=False)
                | (Q(carry_out_at=None) & ~Q(state="done")),
            ),
        ]
        indexes = [
            models.Index(fields=["carry_out_at"], condition=Q(state="held"), name="held_decision_due"),
            models.Index(
                fields=["decided_by"],
                condition=Q(state__in=["returned", "cancelled"], seen_at=None),
                name="held_decision_unseen",
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)

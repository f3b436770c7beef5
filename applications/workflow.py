"""The states of an application, and every step that leads from one to another."""

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.deadlines import timetable_of
from applications.models import Application, ApplicationEvent
from dsp_platform.accounts.models import User
from dsp_platform.casework.deadlines.timetable import Timetable
from dsp_platform.casework.workflow import DOCUMENT, Step, Workflow, reasons_of, steps
from dsp_platform.exchange.ledger import services as exchange
from registry.phones.selectors import contact_phone

State = Application.State
OPEN = Application.OPEN_STATES
DECIDED = (State.APPROVED, State.REFUSED)

APPLICANT = "applicant"  # the person's household, or the official who acts for it
REVIEWER = "reviewer"  # staff of the programme's operator, or that operator's own system
APPEAL = "appeal"  # the effect of an appeal, which is decided among the grievances
REGISTRY = "registry"  # what became known of the person


class Source(models.TextChoices):
    """Where a step was taken."""

    PORTAL = "portal", _("on the person's own phone")
    COUNTER = "counter", _("at the counter")
    ADMIN = "admin", _("in the admin")
    OPERATOR = "operator", _("in the operator's own system")
    STEWARD = "steward", _("by a steward")
    REGISTRY = "registry", _("in the registry")


# Why an application is refused, in words that the applicant reads.
REASONS: dict[str, str | Promise] = {
    "not_entitled": _("The conditions of the programme are not met."),
    "already_receives": _("The household already receives this support."),
    "documents": _("A document that is needed is missing or could not be accepted."),
    "no_answer": _("We asked for more information and got no answer."),
    "wrong_information": _("The information given does not agree with other records."),
    "other": _("Another reason, explained in the note."),
}
# Not to be chosen: shown when the operator's own system refused, which names none of these reasons.
OPERATOR_REASON = "operator"

# Why a held decision was not carried out, by the class of the error.
CANCELLED: dict[str, str | Promise] = {
    "AlreadyDecided": _("The application was decided, withdrawn or closed meanwhile."),
    "ApplicantDied": _("The person has died."),
    "DecidedBefore": _("Whoever decided had taken the decision that was appealed."),
    "InConflict": _("Whoever decided is related to the applicant."),
    "Overtaken": _("The application has changed meanwhile."),
    "PermissionDenied": _("Whoever decided may not decide it any more."),
}

# fmt: off
STEPS = steps(
    Step("submit", APPLICANT, (), State.SUBMITTED, _("Application received"), sms="application_received"),
    Step("take_up", REVIEWER, (State.SUBMITTED,), State.IN_REVIEW, _("Review started"),
         button=_("Start the review")),
    # From any open state: an operator's own system often reports nothing but the end.
    Step("approve", REVIEWER, OPEN, State.APPROVED, _("Approved"),
         button=_("Approve"), sms="application_approve"),
    # A second question may follow before the first one is answered.
    Step("ask_more", REVIEWER, OPEN, State.MORE_ASKED, _("More information asked"),
         button=_("Ask for more information"), needs_note=True, sms="application_ask_more"),
    # In words also after a document: one may not answer the whole question.
    Step("answer", APPLICANT, (State.MORE_ASKED, State.IN_REVIEW), State.IN_REVIEW, _("Answer received"),
         needs_note=True),
    Step(DOCUMENT, APPLICANT, (State.MORE_ASKED,), State.IN_REVIEW,
         _("The question was answered by a document")),
    Step("refuse", REVIEWER, OPEN, State.REFUSED, _("Refused"),
         button=_("Refuse"), reasons=REASONS, sms="application_refuse"),
    # To another operator's programme: nothing of the person goes there, they are told to apply. Here it ends
    # as a refusal does, with its letter and its appeal.
    Step("refer", REVIEWER, OPEN, State.REFUSED, _("Referred to another programme"),
         button=_("Refer to another programme"), sms="application_refer"),
    # Not once it is decided: the operator ends an approved support.
    Step("withdraw", APPLICANT, OPEN, State.WITHDRAWN, _("Withdrawn")),
    Step("close", REGISTRY, OPEN, State.WITHDRAWN, _("Closed: the person has died")),
    Step("close_consent", REGISTRY, OPEN, State.WITHDRAWN, _("Closed: the consent was taken back")),
    Step("close_double", REGISTRY, OPEN, State.WITHDRAWN,
         _("Closed: the person applied for the same under another number")),
    Step("parted", REGISTRY, OPEN, "", _("Open again: the two records are of two persons")),
    Step("appeal", APPEAL, DECIDED, "", _("Appeal received")),
    Step("uphold", APPEAL, DECIDED, "", _("After the appeal, the decision stands")),
    # Straight into review: it was taken up before.
    Step("reopen", APPEAL, DECIDED, State.IN_REVIEW, _("A new review after the appeal")),
)
# fmt: on


class ApplicationWorkflow(Workflow[Application]):
    steps = STEPS
    open_states = OPEN
    subject_kind = "application"
    note_length = 2000
    not_allowed = _("This step is not possible any more. Look at the application again.")
    note_missing = _("Write a note: the applicant will read it.")
    not_yours = _("You filed this application yourself, so somebody else must decide it.")
    reason_missing = _("Choose the reason for the refusal.")
    select_related = ("programme", "person")
    system_sources = (Source.OPERATOR, Source.REGISTRY)

    def is_allowed(self, item: Application, step: Step) -> bool:
        is_asked = step.name != "answer" or item.state != State.IN_REVIEW or self.document_came(item)
        return is_asked and super().is_allowed(item, step)

    def needs_note(self, step: Step, reason: str) -> bool:
        return step.needs_note or "other" in reasons_of(reason)

    def after_step(self, item: Application, actor: User | None) -> None:
        exchange.announce(kind="application", subjects=[(item.pk, item.version)])

    def audit_step(self, item: Application, step: Step, *, reason: str, **more: Any) -> None:
        """With the first of several reasons; the event has them all."""
        super().audit_step(item, step, reason=next(iter(reasons_of(reason)), reason), **more)

    def timetable(self, item: Application) -> Timetable:
        return timetable_of(item.programme)

    def phones_of(self, item: Application) -> list[str]:
        return [phone for phone in [contact_phone(item.person)] if phone]

    def taken_by(self, event: ApplicationEvent) -> str:
        if event.source == Source.OPERATOR:
            return str(_("the operator's own system"))
        if event.source == Source.REGISTRY:
            return str(_("the registry"))
        if event.actor is None or event.actor.is_citizen:
            return str(_("the applicant"))
        return str(event.actor)


application_workflow = ApplicationWorkflow()
CLOSING = application_workflow.decided_by(REGISTRY)
"""Stored as withdrawn, though nobody withdrew it."""
DECIDING = application_workflow.decided_by(REVIEWER)


def reasons_in_words(reason: str) -> list[str]:
    """Of a decision, which may have several."""
    if reason == OPERATOR_REASON:
        return [str(_("The operator decided this in its own system."))]
    return [str(REASONS[code]) for code in reasons_of(reason) if code in REASONS]

"""The states of an application, and every step that leads from one to another."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Application

State = Application.State

APPLICANT = "applicant"  # the person's household, or the official who acts for it
REVIEWER = "reviewer"  # staff of the programme's operator, or that operator's own system
APPEAL = "appeal"  # what an appeal does to the application; it is judged among the grievances
REGISTRY = "registry"  # what became known of the person

DECIDED = (State.APPROVED, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    who: str
    before: tuple[str, ...]
    after: str
    """Empty: the state stays as it is."""
    title: str | Promise
    """What the timeline calls it."""


STEPS = {
    step.name: step
    for step in (
        Step("submit", APPLICANT, (), State.SUBMITTED, _("Application received")),
        Step("take_up", REVIEWER, (State.SUBMITTED,), State.IN_REVIEW, _("Review started")),
        # A second question may follow before the first one is answered.
        Step(
            "ask_more",
            REVIEWER,
            (State.SUBMITTED, State.IN_REVIEW, State.MORE_ASKED),
            State.MORE_ASKED,
            _("More information asked"),
        ),
        Step("answer", APPLICANT, (State.MORE_ASKED,), State.IN_REVIEW, _("Answer received")),
        # From any open state: an operator's own system often tells nothing but the end.
        Step("approve", REVIEWER, Application.OPEN_STATES, State.APPROVED, _("Approved")),
        Step("refuse", REVIEWER, Application.OPEN_STATES, State.REFUSED, _("Refused")),
        # Not once it is decided: who no longer wants an approved support tells the operator.
        Step("withdraw", APPLICANT, Application.OPEN_STATES, State.WITHDRAWN, _("Withdrawn")),
        Step("close", REGISTRY, Application.OPEN_STATES, State.WITHDRAWN, _("Closed: the person has died")),
        Step("appeal", APPEAL, DECIDED, "", _("Appeal received")),
        Step("uphold", APPEAL, DECIDED, "", _("After the appeal, the decision stands")),
        # Straight into the review: nobody has to take up what was read before.
        Step("reopen", APPEAL, DECIDED, State.IN_REVIEW, _("A new review after the appeal")),
    )
}

DECISIONS = ("take_up", "ask_more", "approve", "refuse")
DECIDING = ("approve", "refuse")
FINAL = (State.APPROVED, State.REFUSED, State.WITHDRAWN)

# Why an application is refused, in words the applicant reads.
REASONS: dict[str, str | Promise] = {
    "not_entitled": _("The conditions of the programme are not met."),
    "already_receives": _("The household already receives this support."),
    "documents": _("A document that is needed is missing or could not be accepted."),
    "no_answer": _("We asked for more information and got no answer."),
    "wrong_information": _("The information given does not agree with other records."),
    "other": _("Another reason, explained in the note."),
}
# Not to be chosen: what is shown when the operator's own system decided and named no reason of ours.
OPERATOR_REASON = "operator"


def reason_words(code: str) -> str:
    if code == OPERATOR_REASON:
        return str(_("The operator decided this in its own system."))
    return str(REASONS.get(code, ""))


def allowed(application: Application, who: str) -> list[Step]:
    """The steps this side may take now."""
    return [step for step in STEPS.values() if step.who == who and application.state in step.before]

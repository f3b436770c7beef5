"""The states of a grievance, and every step that leads from one to another."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievances.models import Grievance

State = Grievance.State
Category = Grievance.Category

REPORTER = "reporter"  # whoever holds reference and PIN, or is shown to be the one who reported
HANDLER = "handler"  # staff of the operator it is about, or a steward
APPEAL, COMPLAINT = "appeal", "complaint"
STEWARD = "steward"  # who also sees those that name no operator

OPEN = (State.REPORTED, State.IN_REVIEW)
CLOSED = (State.RESOLVED, State.DISMISSED)
ANSWERED = (*CLOSED, State.UPHELD, State.OVERTURNED)

# What may bring harm when the wrong person at the office reads it: by the reporter's own account or by
# reference and PIN, never through a case at the counter; stewards answer it, no staff of the operator.
SENSITIVE = (Category.STAFF, Category.MONEY_ASKED, Category.DATA, Category.ABUSE)
# At home too, where a phone goes from hand to hand: by reference and PIN only.
BY_PIN_ONLY = (Category.ABUSE,)


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    who: str
    before: tuple[str, ...]
    after: str
    """Empty: the state stays as it is."""
    title: str | Promise
    needs_note: bool = False
    only: str = ""
    """What it is a step of, where it is not one of both: ``APPEAL`` or ``COMPLAINT``."""


STEPS = {
    step.name: step
    for step in (
        Step("report", REPORTER, (), State.REPORTED, _("Report received")),
        Step("take_up", HANDLER, (State.REPORTED,), State.IN_REVIEW, _("We are looking into it")),
        Step("resolve", HANDLER, OPEN, State.RESOLVED, _("Answer"), True, COMPLAINT),
        # Closing without action is an answer too, so it needs words.
        Step("dismiss", HANDLER, OPEN, State.DISMISSED, _("Closed without action"), True, COMPLAINT),
        # Back to the start: the operator it now belongs to has not seen it yet. An appeal stays with
        # the operator of the decision.
        Step("pass_on", STEWARD, OPEN, State.REPORTED, _("Passed on to the right operator"), only=COMPLAINT),
        # The application stays as it was decided, or goes back into review.
        Step("uphold", HANDLER, OPEN, State.UPHELD, _("The decision stands"), True, APPEAL),
        Step("overturn", HANDLER, OPEN, State.OVERTURNED, _("The decision is taken anew"), True, APPEAL),
        Step("add", REPORTER, OPEN, "", _("You added"), needs_note=True),
        # Not content with the answer: it is looked into once more.
        Step("reopen", REPORTER, CLOSED, State.IN_REVIEW, _("You asked us to look again"), True, COMPLAINT),
    )
}

HANDLING = ("take_up", "resolve", "dismiss", "pass_on", "uphold", "overturn")
ANSWERS = ("resolve", "dismiss", "uphold", "overturn")


def is_step_of(step: Step, grievance: Grievance) -> bool:
    return step.only in ("", APPEAL if grievance.category == Category.APPEAL else COMPLAINT)


def allowed(grievance: Grievance, *who: str) -> list[Step]:
    possible = [step for step in STEPS.values() if step.who in who and grievance.state in step.before]
    return [step for step in possible if is_step_of(step, grievance)]

"""The states of a grievance, and every step that leads from one to another."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievances.models import Grievance

State = Grievance.State
Category = Grievance.Category

REPORTER = "reporter"  # whoever holds reference and PIN, or is shown to be the one who reported
HANDLER = "handler"  # staff of the operator it is about, or a steward
STEWARD = "steward"  # who also sees those that name no operator

OPEN = (State.REPORTED, State.IN_REVIEW)
CLOSED = (State.RESOLVED, State.DISMISSED)

# What may bring harm when the wrong person at home or at the office reads it: by reference and PIN only,
# and without the reporter's name for the operator's own staff.
SENSITIVE = (Category.STAFF, Category.MONEY_ASKED)


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    who: str
    before: tuple[str, ...]
    after: str
    """Empty: the state stays as it is."""
    title: str | Promise
    needs_note: bool = False


STEPS = {
    step.name: step
    for step in (
        Step("report", REPORTER, (), State.REPORTED, _("Report received")),
        Step("take_up", HANDLER, (State.REPORTED,), State.IN_REVIEW, _("We are looking into it")),
        Step("resolve", HANDLER, OPEN, State.RESOLVED, _("Answer"), needs_note=True),
        # Closing without action is an answer too, so it needs words.
        Step("dismiss", HANDLER, OPEN, State.DISMISSED, _("Closed without action"), needs_note=True),
        # Back to the start: the operator it now belongs to has not seen it yet.
        Step("pass_on", STEWARD, OPEN, State.REPORTED, _("Passed on to the right operator")),
        Step("add", REPORTER, OPEN, "", _("You added"), needs_note=True),
        # Not content with the answer: it is looked into once more.
        Step("reopen", REPORTER, CLOSED, State.IN_REVIEW, _("You asked us to look again"), needs_note=True),
    )
}

HANDLING = ("take_up", "resolve", "dismiss", "pass_on")


def allowed(grievance: Grievance, *who: str) -> list[Step]:
    return [step for step in STEPS.values() if step.who in who and grievance.state in step.before]

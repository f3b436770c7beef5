"""The letter that answers an appeal: what was decided, by whom, and why."""

from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from applications.workflow import reasons_in_words
from grievances.models import Grievance
from grievances.workflow import ANSWERS


@dataclass(frozen=True, slots=True)
class AppealLetter:
    overturned: bool
    answered_on: date
    by_secretariat: bool
    """A steward answered, not the operator of the programme."""
    reasons: str
    decided_on: date
    """The decision that was appealed."""
    decision_approved: bool
    decision_reason: str


def letter_of(grievance: Grievance) -> AppealLetter | None:
    """None for a report that is no appeal, and before the answer."""
    decision = grievance.decision
    answer = grievance.events.filter(step__in=ANSWERS).select_related("actor").last()
    if decision is None or answer is None or grievance.is_open:
        return None
    return AppealLetter(
        overturned=grievance.state == Grievance.State.OVERTURNED,
        answered_on=localdate(answer.at),
        by_secretariat=bool(answer.actor and answer.actor.is_steward),
        reasons=answer.note or "",
        decided_on=localdate(decision.at),
        decision_approved=decision.step == "approve",
        decision_reason=" ".join(reasons_in_words(decision.reason)),
    )

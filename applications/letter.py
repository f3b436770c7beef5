"""The letter of a decision: what was decided, by whom, why, and how to appeal."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.timezone import localdate
from django.utils.translation import get_language

from applications import workflow
from applications.models import Application
from applications.selectors import last_decision
from registry.models import Benefit, Programme
from registry.programmes.amounts import from_snapshot, snapshot_of
from registry.programmes.selectors import amounts_of


@dataclass(frozen=True, slots=True)
class Letter:
    approved: bool
    decided_on: date
    since: date | None
    """From when the support is given, if the operator has reported it."""
    benefits: list[Benefit]
    """The programme's amounts as they were told with the decision."""
    reasons: list[str]
    note: str
    referred_to: Programme | None
    reviewed_anew: bool
    """An appeal succeeded: this decision is no longer in force."""
    appeal_until: date | None


def letter_if(
    application: Application, decision: str, reason: str, note: str, referred_to: Programme | None = None
) -> Letter:
    """As it would be if this were decided today."""
    programme, today = application.programme, localdate()
    approved = decision == "approve"
    days = programme.appeal_days
    return Letter(
        approved=approved,
        decided_on=today,
        since=today if approved else None,
        benefits=from_snapshot(snapshot_of(amounts_of(programme).gives)) if approved else [],
        reasons=workflow.reasons_in_words(reason),
        note=note,
        referred_to=referred_to,
        reviewed_anew=False,
        appeal_until=None if days is None else today + timedelta(days=days),
    )


def letter_of(application: Application) -> Letter | None:
    """None before a decision, and for a withdrawn application."""
    decision = last_decision(application)
    if decision is None or application.state == Application.State.WITHDRAWN:
        return None
    decided_on = localdate(decision.at)
    approved = decision.step == "approve"
    enrolments = application.person.enrolments.filter(programme=application.programme)
    enrolment = enrolments.order_by("-since", "-pk").first() if approved else None
    return Letter(
        approved=approved,
        decided_on=decided_on,
        since=enrolment.since if enrolment else None,
        benefits=from_snapshot(application.amounts) if approved else [],
        reasons=workflow.reasons_in_words(decision.reason),
        note=decision.words(get_language() or "km"),
        referred_to=application.referred_to if decision.step == "refer" else None,
        reviewed_anew=application.state in Application.OPEN_STATES,
        appeal_until=application.appeal_until,
    )

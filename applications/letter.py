"""The letter of a decision: what was decided, by whom, why, and how to appeal."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.timezone import localdate

from applications import workflow
from applications.models import Application
from applications.selectors import last_decision
from registry.models import Benefit


@dataclass(frozen=True, slots=True)
class Letter:
    approved: bool
    decided_on: date
    since: date | None
    """From when the support is given, if the operator has reported it."""
    benefits: list[Benefit]
    """The programme's amounts in force on the day of the decision."""
    reason: str
    note: str
    reviewed_anew: bool
    """An appeal succeeded: this decision is no longer in force."""
    appeal_until: date | None


def letter_of(application: Application) -> Letter | None:
    """None before a decision, and for a withdrawn application."""
    decision = last_decision(application)
    if decision is None or application.state == Application.State.WITHDRAWN:
        return None
    decided_on = localdate(decision.at)
    approved = decision.step == "approve"
    enrolments = application.person.enrolments.filter(programme=application.programme)
    enrolment = enrolments.order_by("-since", "-pk").first() if approved else None
    benefits: list[Benefit] = []
    if approved:
        # A printed letter may be read by others, so confidential benefits are left out.
        public = application.programme.benefits.filter(kind=Benefit.Kind.GIVES, confidential=False)
        known = public.exclude(precision=Benefit.Precision.ABOUT)  # announced, without an exact date yet
        in_force = Q(valid_to=None) | Q(valid_to__gte=decided_on)
        benefits = list(known.filter(in_force, valid_from__lte=decided_on).order_by("pk"))
    return Letter(
        approved=approved,
        decided_on=decided_on,
        since=enrolment.since if enrolment else None,
        benefits=benefits,
        reason=workflow.reason_words(decision.reason),
        note=decision.note or "",
        reviewed_anew=application.state in Application.OPEN_STATES,
        appeal_until=application.appeal_until,
    )

"""Whoever tells a number of a person in a change learns whether it is registered: counted and audited."""

from datetime import timedelta
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform import crypto
from dsp_platform.accounts.models import Case, User
from registry import lookups
from registry.changes.apply.newcomer import spid_told
from registry.changes.journey import ChangeJourney
from registry.errors import AlreadyAsked, ChangeError, TooManyLookups
from registry.models import ChangeRequest, Household
from registry.models.change import AT_ONCE

KINDS = ("joins", "marriage")
# By one account for one person.
NEWCOMERS_AT_ONCE = 3
OPEN_AT_ONCE = 20
A_DAY = 20


def told_number(answers: dict[str, Any]) -> bytes | None:
    """Digest of the SPID or document told, with the birth date: another date is another question.

    Of every kind of change: whether a number can be written tells whether somebody has it already.
    """
    document = answers.get("document", {})
    number = spid_told(answers) or document.get("document_number", "")
    of_type = "" if spid_told(answers) else str(document.get("document_type", ""))
    return crypto.digest("number told", of_type, number, str(answers.get("birth"))) if number else None


def take_turn(*, actor: User, case: Case | None) -> None:
    """Raises ChangeError, and nothing is compared."""
    try:
        lookups.take_turn(account=actor, case=case, kind=lookups.DOCUMENT)
    except TooManyLookups:
        words = _("Too many documents were tried today. Try tomorrow, or go to the commune office.")
        raise ChangeError(words) from None


def note(*, actor: User, case: Case | None, number: bytes) -> None:
    lookups.note(account=actor, case=case, kind=lookups.DOCUMENT, numbers=[number])


def note_asked(*, actor: User, case: Case | None, answers: dict[str, Any]) -> None:
    """Whether it fits or not. Raises ChangeError when it was asked too often today."""
    if number := told_number(answers):
        take_turn(actor=actor, case=case)
        note(actor=actor, case=case, number=number)


def require_room(journey: ChangeJourney, actor: User) -> None:
    """Nobody fills the queue of a commune. Each has room of their own, by account and for whom they ask, so
    that no member shuts out another, and no official the person. Of one household, those that ask together
    wait for each other. Raises AlreadyAsked."""
    if journey.kind.at_once:  # nothing of it waits
        return
    Household.objects.select_for_update(no_key=True).get(pk=journey.situation.household.pk)
    asked = ChangeRequest.objects.filter(asked_for=journey.situation.subject, asked_by=actor)
    waiting = asked.filter(state__in=ChangeRequest.OPEN_STATES)
    if _takes_in(journey.kind.code, journey.asked()):
        taken_in = [one for one in waiting.filter(kind__in=KINDS) if _takes_in(one.kind, answers_of(one))]
        if len(taken_in) >= NEWCOMERS_AT_ONCE:
            raise AlreadyAsked(
                _(
                    "You asked already to take several people in. "
                    "Wait for the answers, or take one back first."
                )
            )
    if waiting.count() >= OPEN_AT_ONCE:
        raise AlreadyAsked(
            _("Many changes that you asked for are waiting. Wait for the answers, or take one back first.")
        )
    lately = asked.filter(asked_at__gt=timezone.now() - timedelta(days=1))
    if lately.exclude(kind__in=AT_ONCE).count() >= A_DAY:
        raise AlreadyAsked(_("You asked for many changes since yesterday. Ask for the next one tomorrow."))


def _takes_in(kind: str, answers: dict[str, Any]) -> bool:
    return kind in KINDS and "relationship" in answers


def answers_of(request: ChangeRequest) -> dict[str, Any]:
    return cast(dict[str, Any], request.answers)

"""How much each may ask: by who asks, and for whom.

Nobody uses up what another of the household may ask, or an official in a case.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from registry.changes.newcomers import answers_of
from registry.changes.wizard import ChangeWizard
from registry.errors import AlreadyAsked, ChangeError
from registry.models import ChangeRequest, Household
from registry.models.change import AT_ONCE, SEVERAL

KINDS = ("joins", "marriage")
# By one account for one person.
NEWCOMERS_AT_ONCE = 3
OPEN_AT_ONCE = 20
A_DAY = 20
# So often a day a citizen changes what holds at once and is told to all of the household.
MOST_AT_ONCE = 3


def require_room(wizard: ChangeWizard, actor: User) -> None:
    """Nobody fills the queue of a commune. Each has room of their own, by account and for whom they ask, so
    that no member shuts out another, and no official the person. Of one household, those that ask together
    wait for each other. Raises AlreadyAsked."""
    if wizard.kind.at_once:  # nothing of it waits
        return
    Household.objects.select_for_update(no_key=True).get(pk=wizard.context.household.pk)
    asked = ChangeRequest.objects.filter(asked_for=wizard.context.subject, asked_by=actor)
    waiting = asked.filter(state__in=ChangeRequest.OPEN_STATES)
    if _takes_in(wizard.kind.code, wizard.asked()):
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


def require_few(request: ChangeRequest) -> None:
    """Everybody whom it concerns gets a text each time. The caller holds the household.

    Raises ChangeError.
    """
    done = ChangeRequest.objects.filter(asked_for=request.asked_for_id, kind=request.kind, case_id=None)
    today = done.filter(state=ChangeRequest.State.APPLIED, asked_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= MOST_AT_ONCE:
        raise ChangeError(
            _(
                "This was changed three times already since yesterday. "
                "Try again tomorrow, or ask at the office."
            )
        )


def done_since(request: ChangeRequest) -> bool:
    """Whether the same that somebody else of the household asked was done meanwhile. The caller holds it.

    Of what is done at once and what may be asked several times, both hold.
    """
    if request.kind in AT_ONCE or request.kind in SEVERAL:
        return False
    same = ChangeRequest.objects.filter(
        household=request.household_id, kind=request.kind, person=request.person_id
    )
    done = same.filter(state=ChangeRequest.State.APPLIED, decided_at__gt=request.asked_at)
    return done.exclude(pk=request.pk).exists()

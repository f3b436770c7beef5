"""Limits on requests, by who asks and for whom.

No member uses up the limit of another, or that of an official in an assisted session.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from registry.changes.kinds import KINDS, codes_of
from registry.changes.selectors import same_change
from registry.changes.wizard import ChangeWizard
from registry.errors import AlreadyAsked, ChangeError
from registry.models import ChangeRequest
from registry.persons.writer import lock_household, lock_person_row

# Per account and person.
NEWCOMERS_AT_ONCE = 3
OPEN_AT_ONCE = 20
A_DAY = 20
# Per citizen and day, of changes applied at once of which the household is informed.
MOST_AT_ONCE = 3


def require_below_limits(wizard: ChangeWizard, actor: User) -> None:
    """Keeps one account from flooding a commune's queue. Counted by account and person asked for, so that no
    member blocks another, and no official the person. Locks the household, so that concurrent requests are
    counted. Raises AlreadyAsked."""
    if wizard.kind.at_once:  # it is never in a queue
        return
    if wizard.context.home is not None:
        lock_household(wizard.context.home)
    else:
        lock_person_row(wizard.context.subject)
    asked = ChangeRequest.objects.filter(asked_for=wizard.context.subject, asked_by=actor)
    waiting = asked.filter(state__in=ChangeRequest.OPEN_STATES)
    if wizard.kind.takes_in(wizard.asked()):
        newcomers = waiting.filter(kind__in=codes_of(lambda kind: kind.may_take_in))
        taken_in = [one for one in newcomers if KINDS[one.kind].takes_in(one.answers)]
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
    if lately.exclude(kind__in=codes_of(lambda kind: kind.at_once)).count() >= A_DAY:
        raise AlreadyAsked(_("You asked for many changes since yesterday. Ask for the next one tomorrow."))


def require_few_at_once(request: ChangeRequest) -> None:
    """Each change sends text messages to everybody concerned. The caller has locked the household.

    Raises ChangeError.
    """
    done = ChangeRequest.objects.filter(
        asked_for=request.asked_for_id, kind=request.kind, assisted_session_id=None
    )
    today = done.filter(state=ChangeRequest.State.APPLIED, asked_at__gt=timezone.now() - timedelta(days=1))
    if today.count() >= MOST_AT_ONCE:
        raise ChangeError(
            _(
                "This was changed three times already since yesterday. "
                "Try again tomorrow, or ask at the office."
            )
        )


def applied_since(request: ChangeRequest) -> bool:
    """Whether the same change was applied meanwhile at the request of another member. The caller has locked
    the household.

    False for kinds applied at once and for those that may be asked several times: both are applied.
    """
    kind = KINDS[request.kind]
    if kind.at_once or kind.several:
        return False
    same = same_change(request).filter(person=request.person_id)
    done = same.filter(state=ChangeRequest.State.APPLIED, decided_at__gt=request.asked_at)
    return done.exclude(pk=request.pk).exists()

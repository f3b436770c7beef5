"""Changes of the household itself: where it lives, who heads it, who is paid."""

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.areas.selectors import village
from registry.changes.apply.common import Applying, member_by_spid, member_of, name_head
from registry.changes.context import HEAD
from registry.errors import Outdated
from registry.life_events.events import EventKind, LifeEvent, tell
from registry.persons.households import members_now
from registry.persons.validation import validate_address
from registry.persons.writer import lock_persons


def address(change: Applying) -> None:
    address = validate_address(change.answers["address"]["address"])
    change.writer.update_household(change.household, address=address)


def move(change: Applying) -> None:
    entered = change.answers["place"]
    if village(entered["village_code"]) is None:
        raise Outdated(_("This village is not in the gazetteer any more."))
    change.writer.update_household(
        change.household, village_id=entered["village_code"], address=validate_address(entered["address"])
    )


def head(change: Applying) -> None:
    name_head(change, change.household, change.answers)


def payee(change: Applying) -> None:
    member = member_by_spid(change.household, change.answers["payee"]["person"])
    change.writer.update_household(change.household, payee=member.person)


def take_back(change: Applying) -> None:
    """All consents end with what hangs on them, every member leaves, the household closes.

    Each member's record is closed to operators and stays in the registry: an SPID is never given out again,
    what was paid stays known, and whoever comes back keeps their number (``registry.registration.returns``).
    """
    home = change.household
    if member_of(home, change.request.asked_for).relationship != HEAD:
        raise Outdated(_("Whoever asked for this is not the head of the household any more."))
    members = members_now(home)
    lock_persons([one.person_id for one in members])
    tell(
        LifeEvent(
            kind=EventKind.CONSENT_WITHDRAWN, household=home, actor=change.actor, request=change.request
        )
    )
    today = timezone.localdate()
    for one in members:
        change.writer.update_membership(one, ended_on=max(today, one.started_on))
    change.writer.update_household(home, payee=None, closed_on=today)

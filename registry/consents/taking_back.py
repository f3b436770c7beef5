"""The whole registration of a household taken back, by its head, at the counter.

Each member's record is closed to operators and stays in the registry: an SPID is never given out again, what
was paid stays known, and whoever comes back keeps their number (``registry.registration.returns``).
"""

import pghistory
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from registry.consents.services import end_consents, recorded
from registry.models import Household
from registry.persons.conflicts import refuse_relatives
from registry.persons.households import members_of
from registry.persons.scope import require_assisted_session, require_household
from registry.persons.selectors import subject_of
from registry.persons.writer import PersonWriter, lock_household, lock_persons
from registry.phones.notices import tell_own_numbers


def take_back_registration(
    *, household: Household, actor: User, assisted_session: AssistedSession | None
) -> None:
    """All consents end with what hangs on them, every member leaves, the household closes; all members get a
    text message. A second submission does nothing.

    Raises PermissionDenied unless an official acts with the head of the household, ``InConflict`` for an
    official related to a member.
    """
    with transaction.atomic(), pghistory.context(why="take_back_registration"):
        household = lock_household(household)
        if household.closed_on is not None:
            return
        require_household(actor, household)  # under the lock: the members cannot change meanwhile
        require_assisted_session(actor, assisted_session, household)
        members = list(household.memberships.filter(ended_on=None).select_related("person__account"))
        refuse_relatives(actor, assisted_session, *(one.person for one in members))
        head = next((one.person for one in members if one.relationship == "head"), None)
        if assisted_session is None or subject_of(actor, assisted_session) != head:
            raise PermissionDenied("the head of the household takes it back, at the counter")
        lock_persons([one.person_id for one in members])
        end_consents(household, "", actor)
        today = timezone.localdate()
        with PersonWriter() as writer:
            for one in members:
                writer.update_membership(one, ended_on=max(today, one.started_on))
            writer.update_household(household, payee=None, closed_on=today)
        recorded(household, "take_back_registration", "", actor, assisted_session)
        tell_own_numbers(
            *(one.person for one in members),
            template="registration_taken_back",
            params={},
            subject_kind="household",
            subject_id=household.pk,
        )


def may_take_back(household: Household, actor: User, assisted_session: AssistedSession | None) -> bool:
    """Whether the head of the household is at the counter."""
    subject = subject_of(actor, assisted_session) if assisted_session else None
    return subject is not None and subject == members_of(household)[0].person

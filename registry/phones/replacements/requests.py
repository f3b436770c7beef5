"""Whether an official may ask for a phone or account of a person, and how the request takes effect.

Pages and service share these functions, so that the pages promise what the service does.
"""

from django.utils.translation import gettext as _

from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import AssistedSession, User
from registry.models import Person, PhoneReplacement
from registry.persons.ages import is_child
from registry.persons.conflicts import personal_conflict
from registry.persons.households import household_of
from registry.phones.replacements.selectors import objected_against
from registry.phones.selectors import phones_of_adults, recent_phones


class InConflict(CodeProblem):
    """The official has a conflict of interest."""

    def __init__(self, words: object) -> None:
        super().__init__(words)
        self.words = words

    def __str__(self) -> str:
        return str(self.words)


class NoAccountYet(CodeProblem):
    def __str__(self) -> str:
        return _("Somebody under 15 has no account of their own. The head of the household acts for them.")


class NoHouseholdYet(CodeProblem):
    def __str__(self) -> str:
        return _(
            "Somebody under 15 has no account of their own, and this child lives in no household. The "
            "household where the child lives tells it first: “Somebody moved in with us”."
        )


class ObjectedAgainst(CodeProblem):
    def __str__(self) -> str:
        return _(
            "Somebody objected to a phone you asked for, so for 30 days another official must ask. "
            "You may be the second one."
        )


class RecordClosed(CodeProblem):
    def __str__(self) -> str:
        return str(PhoneReplacement.Cause.GONE.label)


def refusal(official: User, person: Person) -> CodeProblem | None:
    """The reason why this official may ask for no phone or account of this person; None if they may."""
    if not person.is_current:
        return RecordClosed()
    if words := personal_conflict(official, person):
        return InConflict(words)
    if person.account_id is None and is_child(person):
        return NoAccountYet() if household_of(person) else NoHouseholdYet()
    return ObjectedAgainst() if official.pk in objected_against(person) else None


def opens_at_once(assisted_session: AssistedSession, person: Person, phone: str) -> bool:
    """Whether a first account needs no waiting time.

    That is if no other number was on record in the last 30 days, or if the person was registered in this
    assisted session: then the account gives access to nothing that this official did not enter just now.
    """
    return recent_phones(person) == {phone} or registered_in(assisted_session, person)


def phones_to_notify(person: Person, phone: str) -> set[str]:
    """The numbers notified of a first account that waits: only their holders can object."""
    return (recent_phones(person) | phones_of_adults(person)) - {"", phone}


def registered_in(assisted_session: AssistedSession, person: Person) -> bool:
    return (
        person.registered_by_id == assisted_session.official_id
        and person.created_at >= assisted_session.opened_at
    )

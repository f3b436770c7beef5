"""What is known before an official asks for somebody's phone or account: why not, and how it will hold.

The pages and the service read it from here, so that nobody is promised what is then not done.
"""

from django.utils.translation import gettext as _

from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import Case, User
from registry.models import Person, PhoneReplacement
from registry.persons.ages import is_child
from registry.persons.conflicts import nearness
from registry.phones.replacements.selectors import objected_against
from registry.phones.selectors import phones_beside, phones_lately


class InConflict(CodeProblem):
    """The official stands too near to the person."""

    def __init__(self, words: object) -> None:
        super().__init__(words)
        self.words = words

    def __str__(self) -> str:
        return str(self.words)


class NoAccountYet(CodeProblem):
    def __str__(self) -> str:
        return _("Somebody under 15 has no account of their own. The head of the household acts for them.")


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
    """Why this official asks for no phone or account of this person, whatever the number."""
    if not is_whole(person):
        return RecordClosed()
    if words := nearness(official, person):
        return InConflict(words)
    if person.account_id is None and is_child(person):
        return NoAccountYet()
    return ObjectedAgainst() if official.pk in objected_against(person) else None


def is_whole(person: Person) -> bool:
    return person.merged_into_id is None and person.died_on is None


def opens_at_once(case: Case, person: Person, phone: str) -> bool:
    """Whether a first account waits for nothing: this number alone stood on record for 30 days, or they were
    registered in this very case. Then nothing can be taken that this official did not just write."""
    return phones_lately(person) == {phone} or registered_in(case, person)


def told_of_account(person: Person, phone: str) -> set[str]:
    """The numbers at which it is told that a first account by this phone waits: nobody else can object."""
    return (phones_lately(person) | phones_beside(person)) - {"", phone}


def registered_in(case: Case, person: Person) -> bool:
    return person.registered_by_id == case.official_id and person.created_at >= case.opened_at

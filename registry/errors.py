"""What can stand in the way of a registration, so that pages and tasks can tell it apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from dsp_platform.casework.errors import StepRefused


class RegistrationError(Exception):
    pass


class AlreadyRegistered(RegistrationError):
    """This member is in the registry already. Says nothing about whom was found, nor by what.

    ``member`` is the index among the members that were sent, the head being 0.
    """

    def __init__(self, *, member: int) -> None:
        super().__init__(f"member {member} is registered already")
        self.member = member


class SomebodyAlike(RegistrationError):
    """This member is certainly one of these persons, about whom the official was not asked yet."""

    def __init__(self, *, member: int, persons: Sequence[int]) -> None:
        super().__init__(f"member {member} is alike")
        self.member, self.persons = member, tuple(persons)


class TooManyLookups(RegistrationError):
    """It was asked as often today as it may be whether a number or a name is registered."""

    of_names = _("It was asked too often today whether people of other areas are registered. Try tomorrow.")


class MoverConfirmationNeeded(RegistrationError):
    """This member was registered before: they confirm the move to another household by their phone."""

    def __init__(self, *, member: int, person_id: int) -> None:
        super().__init__(f"member {member} has not confirmed the move")
        self.member, self.person_id = member, person_id


class NotClaimed(RegistrationError):
    """This account does not become the account of that person; why is not told."""


class NumberTooNew(RegistrationError):
    """The number on record is the account's, and has not stood there long enough to claim the record. Told
    only to who holds it."""


class PlacedLately(RegistrationError):
    """An import or a merge brought the person to where they live too lately to claim the record. Told only to
    who holds the number on record."""


class TooManyClaims(RegistrationError):
    """The account has tried as often today as it may."""


@dataclass(frozen=True, slots=True)
class Problem:
    """``code`` is stable, ``message`` translated. ``member`` is None for the household itself."""

    field: str
    code: str
    message: str
    member: int | None = None


class InvalidDetails(RegistrationError):
    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(", ".join(sorted({problem.code for problem in self.problems})))


class ChangeError(StepRefused):
    """A change was not asked for, decided or applied."""


class AlreadyAsked(ChangeError):
    """The same change waits already."""


class Outdated(ChangeError):
    """What the request rests on has changed since: it cannot be applied as it stands."""


class MergedMeanwhile(Outdated):
    """The record became an alias of another one of the same person: that one is written."""

    words = _("This person was registered twice, and the two records are one by now. Look again.")


class DocumentTaken(Outdated):
    """Another person has this document."""


class NoMatchingPerson(Outdated):
    """The SPID and birth date of a newcomer are no living person's."""


class ConfirmedByYou(ChangeError):
    """Nobody says yes both for who moves and for the commune."""


class ConfirmationMissing(ChangeError):
    """By whoever is moved, or the commune they live in."""


class ReportedDead(ChangeError):
    """Who would move by this: a report of their death is decided first."""


class TermsChanged(ChangeError):
    """What whoever moves would agree to, or agreed to, is not what it would do now."""


class MergeRefused(StepRefused):
    """Two records are not made one, or not two again; ``str()`` says why."""


class SecondPersonNeeded(MergeRefused):
    """By what is touched, or came since: ``merging.rules`` and ``merging.undoing`` say when."""

    words = _("This takes two stewards: one proposes it, another one approves it.")


class NotAssigned(MergeRefused):
    """Something that came after the merge was not assigned to one of the two."""

    words = _("Something came since this page was shown: say of each thing whose it is.")

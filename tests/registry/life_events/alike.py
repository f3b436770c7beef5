"""What an official answers to "Is it one of these?": that it is somebody else, because names are few here."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from registry.changes.alike import close_to
from registry.changes.context import HouseholdContext
from registry.changes.kinds import Kind
from registry.changes.services import ask_change
from registry.changes.wizard import ChangeWizard
from registry.errors import SomebodyAlike
from registry.models import ChangeRequest, Household, Person
from registry.persons.details import HouseholdDetails
from registry.registration.services import register_household


def register_as_others(*, details: HouseholdDetails, **by: Any) -> Household:
    """Each member who is asked about is somebody else, and the answers are sent again."""
    for _member in details.members:
        try:
            return register_household(details=details, **by)
        except SomebodyAlike as asked:
            details = _apart(details, asked)
    return register_household(details=details, **by)


def _apart(details: HouseholdDetails, asked: SomebodyAlike) -> HouseholdDetails:
    members = list(details.members)
    members[asked.member] = replace(members[asked.member], apart=_spids(asked.persons))
    return replace(details, members=tuple(members))


def ask_for_another(
    context: HouseholdContext, kind: Kind, answers: dict[str, Any], **by: Any
) -> ChangeRequest:
    """Whoever comes in, or is corrected, is none of those who are alike."""
    wizard = ChangeWizard(kind, context, answers)
    alike = close_to(kind, wizard.asked(), context, wizard.person)
    return ask_change(kind=kind, answers=answers, apart=_spids(alike), **by)


def _spids(persons: Iterable[int]) -> tuple[str, ...]:
    return tuple(Person.objects.filter(pk__in=persons).values_list("spid", flat=True))

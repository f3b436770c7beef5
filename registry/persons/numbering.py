"""Random numbers of persons and households, drawn again where one is taken."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from dsp_platform.references import new_reference
from registry.models import Household, Person
from registry.persons import services as persons

# Two new numbers out of 10^11 meet once in years; three tries in a row mean that something else is wrong.
_TRIES = 3


def save_numbered(household: Household, members: Sequence[persons.Told]) -> None:
    """Save whatever carries a random number, with other numbers if one of them is taken."""
    Person.objects.bulk_update([m.person for m in members if m.known], persons.CHANGED)
    for left in reversed(range(_TRIES)):
        household.number = new_reference("H")
        try:
            with transaction.atomic():
                household.save(force_insert=True)
                Person.objects.bulk_create([m.person for m in members if not m.known])
                return
        except IntegrityError as error:
            if not left or not _is_taken_number(error):
                raise
            persons.renumber(members)
            household.pk = None


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


def _is_taken_number(error: IntegrityError) -> bool:
    return _constraint(error).startswith(("registry_person_spid", "registry_household_number"))

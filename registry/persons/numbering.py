"""Random numbers of persons and households, drawn again where one is taken."""

from collections.abc import Sequence

from dsp_platform.references import new_reference, save_with_new_number
from registry.identity.spid import new_spid
from registry.models import Household, Person
from registry.persons import services as persons


def save_person(person: Person) -> None:
    """A new one, with an SPID."""

    def save() -> None:
        person.spid = new_spid()
        person.save(force_insert=True)

    save_with_new_number(save, "registry_person_spid_key")


def save_numbered(household: Household, members: Sequence[persons.Told]) -> None:
    """A new household and its new members, with numbers of their own."""
    Person.objects.bulk_update([m.person for m in members if m.known], persons.CHANGED)
    new = [m.person for m in members if not m.known]

    def save() -> None:
        household.pk, household.number = None, new_reference("H")
        for person in new:
            person.spid = new_spid()
        household.save(force_insert=True)
        Person.objects.bulk_create(new)

    save_with_new_number(save, "registry_person_spid_key", "registry_household_number_key")

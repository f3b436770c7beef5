from collections.abc import Collection

from django.db.models import QuerySet

from registry.models import Household, Person, RareFact


def rare_facts_of(person: Person) -> list[RareFact]:
    """What was said to be right about the person, or their household, at its registration."""
    return [one for one in _of_homes(person) if not one.persons or person.pk in one.persons]


def rare_facts_beside(
    person: Person, household: Household | None, members: Collection[Person]
) -> list[RareFact]:
    """For a page that shows the person and those they live with: of nobody who has left, and of the household
    as a whole only where it is that of today."""
    shown = {person.pk, *(one.pk for one in members)}
    return [
        one
        for one in _of_homes(person)
        if shown.issuperset(one.persons) and (one.persons or (household and one.household_id == household.pk))
    ]


def _of_homes(person: Person) -> QuerySet[RareFact]:
    """Of all households in which the person lives or lived."""
    return RareFact.objects.filter(household__memberships__person=person).distinct().order_by("pk")

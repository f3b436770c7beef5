from collections.abc import Collection

from registry.models import Household, Person, RareFact


def rare_facts_of(person: Person) -> list[RareFact]:
    """What was said to be right about the person, or their household, at its registration."""
    rows = RareFact.objects.filter(household__memberships__person=person).distinct().order_by("pk")
    return [one for one in rows if not one.persons or person.pk in one.persons]


def rare_facts_beside(
    person: Person, household: Household | None, members: Collection[Person]
) -> list[RareFact]:
    """For a page that shows the person and those they live with: of nobody who has left, and of the household
    as a whole only where it is that of today."""
    shown = {person.pk, *(one.pk for one in members)}
    rows = RareFact.objects.filter(household__memberships__person=person).distinct().order_by("pk")
    return [
        one
        for one in rows
        if shown.issuperset(one.persons) and (one.persons or (household and one.household_id == household.pk))
    ]

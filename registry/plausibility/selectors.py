from registry.models import Person, RareFact


def rare_facts_of(person: Person) -> list[RareFact]:
    """What was said to be right about the person, or their household, at its registration."""
    rows = RareFact.objects.filter(household__memberships__person=person).distinct().order_by("pk")
    return [one for one in rows if not one.persons or person.pk in one.persons]

"""Which record remains of two that are of one person, unless the steward says otherwise."""

from collections.abc import Mapping

from registry.models import Person

# The better checked, the higher.
CHECKED = list(Person.Verification.values)


def suggested(one: Person, other: Person, enrolled: Mapping[int, int]) -> Person:
    """That with an account, else with more enrolments, else the better checked, else the older one.

    ``enrolled``: how many, by person.
    """

    def worth(person: Person) -> tuple[bool, int, int, int]:
        checked = CHECKED.index(person.verification)
        return person.account_id is not None, enrolled.get(person.pk, 0), checked, -person.pk

    return max(one, other, key=worth)

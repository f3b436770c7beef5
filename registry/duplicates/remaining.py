"""Which record and which household remain of two, unless the steward says otherwise."""

from registry.merging.fields import how_checked
from registry.merging.homes import possible_homes, why_not_live
from registry.merging.selectors import enrolled_in
from registry.models import DuplicateCase, Household, Person


def suggested_of(case: DuplicateCase) -> tuple[Person, Person]:
    """The one that remains, then the one that becomes its alias: the better checked remains, so that nobody
    who registers online takes over whom an official saw; else with more enrolments, with an account, or the
    older one."""
    enrolled = enrolled_in(case.first, case.second)

    def worth(person: Person) -> tuple[int, int, bool, int]:
        return how_checked(person), len(enrolled[person.pk]), person.account_id is not None, -person.pk

    merged, kept = sorted((case.first, case.second), key=worth)
    return kept, merged


def suggested_home(kept: Person, merged: Person) -> Household | None:
    """Where the record that remains lives, unless the person cannot leave the other household, which others
    live in and they lead."""
    homes = possible_homes(kept, merged)
    return next((one for one in homes if not why_not_live(kept, merged, one)), homes[0] if homes else None)

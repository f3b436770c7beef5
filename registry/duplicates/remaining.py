"""Which record and which household remain of two, unless the steward says otherwise."""

from collections.abc import Collection

from registry.merging.fields import how_checked
from registry.merging.homes import left_without_head, possible_homes
from registry.merging.selectors import enrolled_in
from registry.models import DuplicateCase, Household, IdentityDocument, Person


def suggested_of(case: DuplicateCase) -> tuple[Person, Person]:
    """The one that remains, then the one that becomes its alias: the better checked remains, so that nobody
    who registers online takes over whom an official saw; else with more enrolments, with an account, with a
    document, or the older one."""
    enrolled = enrolled_in(case.first, case.second)
    holders = IdentityDocument.objects.filter(person__in=enrolled).values_list("person", flat=True)
    documented = set(holders)

    def worth(person: Person) -> tuple[int, int, bool, bool, int]:
        return (
            how_checked(person),
            len(enrolled[person.pk]),
            person.account_id is not None,
            person.pk in documented,
            -person.pk,
        )

    merged, kept = sorted((case.first, case.second), key=worth)
    return kept, merged


def suggested_home(kept: Person, merged: Person, leaving: Collection[int] = ()) -> Household | None:
    """Where the record that remains lives, unless the person cannot leave the other household, which others
    live in and they lead. ``leaving``: who leaves their household before."""
    homes = possible_homes(kept, merged)
    possible = (one for one in homes if left_without_head(kept, merged, one, leaving) is None)
    return next(possible, homes[0] if homes else None)

"""Which record and which household remain of two, unless the steward says otherwise."""

from collections.abc import Collection

from registry.duplicates.between import likely_to_remain
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
    """Of two households the one that the person can live in, where they lead the other, in which others live;
    else that which is likely to remain. ``leaving``: who leaves their household before."""
    homes = possible_homes(kept, merged)
    if len(homes) < 2:
        return next(iter(homes), None)
    possible = [one for one in homes if left_without_head(kept, merged, one, leaving) is None]
    return possible[0] if len(possible) == 1 else likely_to_remain(homes, kept, merged)

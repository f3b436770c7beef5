"""Ages, and who counts as a child where others may act for a child.

One official can correct a date of birth, so a recent correction must not take away a person's right to decide
for themselves. A person counts as a child only if every date of birth on record in the last 30 days says so;
whose consent a move needs depends on the date on record 30 days ago, or the first one. Both are read from the
history tables, so they cover every way of writing.

Where only the year or the month of birth is known, a child is who surely is: nobody decides for somebody who
may be 15.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from dsp_platform.database.history import history_of
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.web.request_cache import cached_per_request
from registry.models import Person
from registry.models.keys import RECENT

OF_AGE = 15


def is_under(age: int, born: PartialDate) -> bool:
    """Surely: who may have reached the age counts as having reached it, and decides for themselves."""
    return born.ages_on(timezone.localdate())[-1] < age


def children(persons: Iterable[Person]) -> set[int]:
    """Keys of those under 15 by every date of birth on record in the last 30 days."""
    under_age = [one for one in persons if is_under(OF_AGE, one.born)]
    recorded = dates_of_birth(under_age)
    return {one.pk for one in under_age if all(is_under(OF_AGE, born) for born in recorded[one.pk])}


def told_by(teller: Person, members: Iterable[Person]) -> set[int]:
    """Keys of those whose health and daily life this person tells, and is shown: their own, and that of the
    children of their household. All others tell their own."""
    return {teller.pk, *children(members)}


def children_for_consent(persons: Iterable[Person]) -> set[int]:
    """Keys of those under 15 by the date of birth on record 30 days ago, or the first one."""
    return {pk for pk, recorded in dates_of_birth(persons).items() if is_under(OF_AGE, recorded[0])}


def dates_of_birth(persons: Iterable[Person]) -> dict[int, list[PartialDate]]:
    """By person, the dates of birth on record in the last 30 days, oldest first."""
    now = {one.pk: one.born for one in persons}
    found: dict[int, list[PartialDate]] = {pk: [] for pk in now}
    for pk, born in _history(tuple(sorted(now))):
        found[pk].append(born)
    return {pk: [*found[pk], born] for pk, born in now.items()}


@cached_per_request
def _history(persons: tuple[int, ...]) -> list[tuple[int, PartialDate]]:
    if not persons:
        return []
    since = timezone.now() - RECENT
    events = history_of(Person)
    before = events.filter(pgh_obj=OuterRef("pgh_obj"), pgh_created_at__lte=since).order_by("-pgh_id")
    recorded = Q(pgh_created_at__gt=since) | Q(pgh_id=Subquery(before.values("pgh_id")[:1]))
    rows = events.filter(recorded, pgh_obj__in=persons).order_by("pgh_id")
    columns = rows.values_list("pgh_obj_id", "date_of_birth", "birth_precision")
    return [(person, PartialDate(day, precision)) for person, day, precision in columns]


def is_child(person: Person) -> bool:
    return person.pk in children([person])


def ages_of(member: dict[str, Any]) -> range:
    """That a member of a draft may have."""
    return PartialDate.parse(member["born"]).ages_on(timezone.localdate())

"""Persons who are new, or whose names, birth, documents or home changed, are compared with all others.

Outside of the transaction that wrote them. ``AwaitingMatch`` says who waits. A worker takes some of them for
a while, compares them with no lock held, so that nobody who writes a person waits for it, and removes them
from the queue with what it found, in one transaction. Of a worker that died the next one takes them over;
whoever was written anew meanwhile stays in the queue.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from dsp_platform.background.faults import each_apart
from registry.duplicates.merging import PART
from registry.duplicates.pairs import end_cases, note_pairs, open_cases_of, pair_of
from registry.matching.records import Match
from registry.matching.search import matches_of
from registry.matching.stored import records_of
from registry.merging.contract import Pair
from registry.models import AwaitingMatch, DuplicateCase, Person

BATCH = 200
TAKEN_FOR = timedelta(minutes=10)
"""Longer than a worker may take for so many."""


def is_waiting() -> bool:
    return AwaitingMatch.objects.filter(_free(timezone.now())).exists()


def sweep() -> bool:
    """Compare those who wait longest. Whether others may wait."""
    until, persons = _take()
    found = _matches(persons) if persons else {}
    outdated = _outdated(persons, found)
    with transaction.atomic():
        note_pairs(found)
        end_cases(outdated)
        # Whoever was written since is not taken any more, and is compared once more.
        AwaitingMatch.objects.filter(pk__in=persons, taken_until=until).delete()
    return len(persons) == BATCH


def end_merged() -> None:
    """Cases about a record that became an alias at the moment in which they were found: what the merge would
    have made of them. Those about the two that are one by now end."""
    keys = list(_about_merged().order_by("first", "second").values_list("pk", flat=True))
    each_apart("matching.end_merged", keys, _end_merged, most=BATCH)


@transaction.atomic
def _end_merged(pk: int) -> None:
    case = _about_merged().select_related("first", "second").filter(pk=pk).first()
    if case is None:  # with one before it
        return
    for one in (case.first, case.second):
        if one.merged_into_id:
            PART.move(Pair(one.merged_into_id, one.pk))
    end_cases(list(_about_merged().filter(pk=pk)))


def _about_merged() -> QuerySet[DuplicateCase]:
    merged = Q(first__merged_into__isnull=False) | Q(second__merged_into__isnull=False)
    return DuplicateCase.objects.filter(merged, state__in=DuplicateCase.OPEN_STATES)


@transaction.atomic
def _take() -> tuple[datetime, list[int]]:
    now = timezone.now()
    rows = AwaitingMatch.objects.select_for_update(skip_locked=True).filter(_free(now))
    rows = rows.order_by("backlog", "since")
    persons = list(rows.values_list("pk", flat=True)[:BATCH])
    AwaitingMatch.objects.filter(pk__in=persons).update(taken_until=now + TAKEN_FOR)
    return now + TAKEN_FOR, persons


def _free(now: datetime) -> Q:
    return Q(taken_until=None) | Q(taken_until__lt=now)


def _matches(persons: Sequence[int]) -> dict[int, Sequence[Match]]:
    current = Person.objects.filter(pk__in=persons, merged_into=None).values_list("pk", flat=True)
    records = records_of(list(current))
    return dict(zip(records, matches_of(list(records.values())), strict=True))


def _outdated(persons: Sequence[int], found: Mapping[int, Sequence[Match]]) -> list[DuplicateCase]:
    """Open cases about them that comparing does not find any more, from whichever side."""
    alike = _pairs(found)
    gone = [
        one
        for one in open_cases_of(persons)
        if (one.first_id, one.second_id) not in alike and not one.of_file
    ]
    others = {pk for one in gone for pk in (one.first_id, one.second_id)} - set(persons)
    alike |= _pairs(_matches(sorted(others))) if others else set()
    return [one for one in gone if (one.first_id, one.second_id) not in alike]


def _pairs(found: Mapping[int, Sequence[Match]]) -> set[tuple[int, int]]:
    return {pair_of(person, one.person_id) for person, matches in found.items() for one in matches}

"""Cases that comparing records opens, keeps up to date and ends. No person decides here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.database.arrays import array, numbers_in, texts_in
from dsp_platform.database.references import TRIES, new_reference
from registry.duplicates.selectors import PREFIX
from registry.duplicates.workflow import FIND_AGAIN, MERGED, UNLIKELY, UPDATE, duplicate_workflow
from registry.matching.records import Match
from registry.models import DuplicateCase

State = DuplicateCase.State
Key = tuple[int, int]
MOST = 20
"""Cases about one person that one comparison opens, the likeliest first. In a list with hundreds of one name,
village and year each pair would be one, which no steward reads and no transaction writes."""
SAME_WEIGHT = 0.05
"""A smaller difference is nothing that a steward has to read again."""


@dataclass(frozen=True, slots=True)
class Likeness:
    weight: float
    evidence: list[dict[str, Any]]


def pair_of(one: int, other: int) -> Key:
    """Each pair of persons once: the smaller key first."""
    return min(one, other), max(one, other)


@transaction.atomic
def note_pairs(found: Mapping[int, Sequence[Match]], *, of_file: bool = False) -> None:
    """A case for each pair that has none yet. ``found``: by person, whom they are like. ``of_file``: by what
    a file said of them, which the records do not say.

    Idempotent. The evidence of an open case becomes that of today; what was decided stays decided; a case
    that ended without a decision is opened again.
    """
    alike = _of_those_present(
        {
            pair_of(person, one.person_id): likeness_of(one)
            for person, matches in found.items()
            for one in sorted(matches, key=lambda match: -match.weight)[:MOST]
        }
    )
    if not alike:
        return
    opened = create_cases(alike, of_file=of_file)
    cases = lock_cases(alike)
    duplicate_workflow.record_found([case for case in cases if case.pk in opened])
    for case in cases:
        if case.pk not in opened:
            _refresh(case, alike[case.first_id, case.second_id])


def _of_those_present(alike: Mapping[Key, Likeness]) -> Mapping[Key, Likeness]:
    """Not of who is gone since they were compared, because their import was undone; the others stay until the
    transaction ends."""
    persons = {one for pair in alike for one in pair}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM registry_person WHERE id = ANY (%s::bigint[]) ORDER BY id FOR KEY SHARE",
            [array(persons)],
        )
        present = {person for (person,) in cursor.fetchall()}
    return {pair: one for pair, one in alike.items() if present.issuperset(pair)}


def likeness_of(match: Match) -> Likeness:
    return Likeness(round(match.weight, 2), match.stored_evidence)


def create_cases(alike: Mapping[Key, Likeness], *, of_file: bool = False) -> set[int]:
    """For pairs that have none yet. Returns the keys of the new ones, whose first step the caller records.

    In the order of the pairs: a consistent lock order avoids deadlock between two sweeps.
    """
    new: set[int] = set()
    for _try in range(TRIES):
        missing = sorted(alike.keys() - _existing(alike.keys()))
        if not missing:
            break
        rows = {
            new_reference(PREFIX): DuplicateCase(
                first_id=pair[0],
                second_id=pair[1],
                weight=alike[pair].weight,
                evidence=alike[pair].evidence,
                of_file=of_file,
            )
            for pair in missing
        }
        for reference, row in rows.items():
            row.reference = reference
        DuplicateCase.objects.bulk_create(rows.values(), ignore_conflicts=True)
        # Those of another sweep have other references.
        new |= set(DuplicateCase.objects.filter(reference__in=texts_in(rows)).values_list("pk", flat=True))
    return new


def _rows(pairs: Collection[Key]) -> Any:
    firsts, seconds = zip(*pairs, strict=True)
    return DuplicateCase.objects.filter(
        first__in=numbers_in(set(firsts)), second__in=numbers_in(set(seconds))
    )


def _existing(pairs: Collection[Key]) -> set[Key]:
    return set(_rows(pairs).values_list("first", "second"))


def lock_cases(pairs: Collection[Key]) -> list[DuplicateCase]:
    rows = _rows(pairs).select_for_update(of=("self",), no_key=True).order_by("first", "second")
    return [one for one in rows if (one.first_id, one.second_id) in pairs]


def _refresh(case: DuplicateCase, now: Likeness) -> None:
    if case.state not in (*DuplicateCase.OPEN_STATES, State.ENDED):
        return
    is_same = _levels(case.evidence) == _levels(now.evidence)
    if case.is_open and is_same and abs(case.weight - now.weight) < SAME_WEIGHT:
        return
    case.weight, case.evidence = now.weight, now.evidence
    if case.is_open:
        step = UPDATE
    else:
        step, case.found_at, case.answer, case.answered_by = FIND_AGAIN, timezone.now(), "", None
    fields = ["weight", "evidence", "found_at", "answer", "answered_by"]
    duplicate_workflow.take_step(case, step, actor=None, fields=fields)


def _levels(evidence: Sequence[Mapping[str, Any]]) -> set[tuple[str, str]]:
    return {(one["comparison"], one["level"]) for one in evidence}


def open_cases_of(persons: Sequence[int]) -> list[DuplicateCase]:
    """Open cases about any of them, with both persons."""
    about = Q(first__in=persons) | Q(second__in=persons)
    rows = DuplicateCase.objects.filter(about, state__in=DuplicateCase.OPEN_STATES)
    return list(rows.select_related("first", "second").order_by("first", "second"))


@transaction.atomic
def end_cases(cases: Sequence[DuplicateCase], *, actor: User | None = None) -> None:
    """Because one of the records became an alias, or because they are not alike any more."""
    for one in sorted(cases, key=lambda case: (case.first_id, case.second_id)):
        locked = duplicate_workflow.lock(one)
        if not locked.is_open:
            continue
        is_merged = locked.first.merged_into_id or locked.second.merged_into_id
        duplicate_workflow.take_step(locked, MERGED if is_merged else UNLIKELY, actor=actor)

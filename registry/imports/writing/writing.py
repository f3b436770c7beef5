"""What rows write of persons who are registered already, or stand in the file twice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.imports.comparing.later_rows import earlier_rows
from registry.imports.planning.filling import Beliefs, Filling, filling, without_facts
from registry.imports.planning.numbers import had_number
from registry.imports.planning.twice import only_more, told_before
from registry.imports.staging.members import contradicting
from registry.imports.writing.batches import Batch
from registry.imports.writing.said_before import of_row
from registry.models import Person, StagedRow
from registry.persons import bulk_writer
from registry.persons.origins import with_values_of
from registry.persons.writer import IDENTIFYING, lock_persons
from registry.provenance.services import Difference, end_conflicts, note_conflicts


@dataclass(slots=True)
class Touched:
    """What a batch wrote. Households and persons that are new need no new version."""

    new_persons: set[int] = field(default_factory=set)
    persons: set[int] = field(default_factory=set)
    new_households: set[int] = field(default_factory=set)
    households: set[int] = field(default_factory=set)
    came_in: set[int] = field(default_factory=set)
    """Into households that are registered; and who was registered before, into whatever household."""
    numbers: set[int] = field(default_factory=set)
    """Whose phone was filled."""
    identified: set[int] = field(default_factory=set)
    """Who was here already, and may be somebody else's double by what they were filled with."""


def fill(
    batch: Batch,
    rows: Sequence[Any],
    persons: Mapping[int, Person],
    beliefs: Beliefs,
    touched: Touched,
) -> None:
    wanted = [row for row in rows if row.outcome in StagedRow.OF_SOMEBODY and row.person_id]
    known = {**persons, **lock_persons({row.person_id for row in wanted} - persons.keys())}
    first, told = earlier_rows(batch.run, wanted), set[tuple[int, str]]()
    called = {row.person_id for row in wanted if row.phone and row.person_id in known}
    numbered = had_number([pk for pk in called if not known[pk].phone])
    for turn in _turns(wanted):
        changes: dict[int, tuple[Person, dict[str, Any]]] = {}
        differences: list[Difference] = []
        agreeing: list[tuple[int, str]] = []
        for row in turn:
            person = known.get(row.person_id)
            if person is None or not person.is_current:
                continue
            of_this = of_row(row, beliefs, had_number=person.pk in numbered)
            found: Filling = filling(person, row, of_this)
            if earlier := first.get(row.same_row):
                found = only_more(found, told_before(earlier, row))
            differences += found.differences
            agreeing += found.agreeing
            if found.values:
                changes[person.pk] = person, found.values
        for pk in contradicting({pk: values for pk, (_person, values) in changes.items()}):
            differences += without_facts(*changes[pk])
        changes = {pk: (person, values) for pk, (person, values) in changes.items() if values}
        bulk_writer.update_persons(
            (person, values, with_values_of(person.origins, batch.source, values))
            for person, values in changes.values()
        )
        touched.persons |= changes.keys() - touched.new_persons
        touched.numbers |= {pk for pk, (_person, values) in changes.items() if "phone" in values}
        touched.identified |= {pk for pk, (_person, values) in changes.items() if values.keys() & IDENTIFYING}
        differences = [one for one in differences if (one.person, one.column) not in told]
        note_conflicts(source=batch.source, differences=differences)
        told |= {(one.person, one.column) for one in differences}
        if agreed := set(agreeing) - told:
            end_conflicts(source=batch.source, agreeing=agreed)


def _turns(rows: Sequence[Any]) -> list[list[Any]]:
    """One row of each person at a time: a later one is judged by what stands on record after the earlier."""
    turns: list[list[Any]] = []
    seen: Counter[int] = Counter()
    for row in rows:
        if seen[row.person_id] == len(turns):
            turns.append([])
        turns[seen[row.person_id]].append(row)
        seen[row.person_id] += 1
    return turns

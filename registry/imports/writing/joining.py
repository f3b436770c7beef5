"""Who lives with whom, as a source has it: new households, and newcomers of known ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dsp_platform.database.arrays import numbers_in
from registry.imports.comparing.counting import MOVES
from registry.imports.comparing.later_rows import earlier_rows
from registry.imports.planning.earlier_files import known_heads, waiting
from registry.imports.planning.filling import Beliefs
from registry.imports.planning.households import HEAD, Plan, by_household, known_of, planned
from registry.imports.planning.levels import COLUMN, level_filling
from registry.imports.planning.twice import told_before
from registry.imports.staging.members import Joining, misfits
from registry.imports.staging.noted import add_findings
from registry.imports.writing.said_before import of_row
from registry.models import Household, Membership, Person, SourceRecord, StagedRow
from registry.persons import bulk_writer
from registry.persons.writer import PersonWriter, lock_households, lock_persons
from registry.provenance.services import end_conflicts, note_conflicts


def join(
    rows: Sequence[Any], *, source: int, earlier: Collection[str], beliefs: Beliefs, touched: Any
) -> None:
    """The household in which somebody lives already stays theirs. A source that lists a head with whom they
    live adds its newcomers, where it may; the others are registered without a household. Nobody comes to live
    beside whom they may be, by the cases noted of the rows before: a steward decides first. Nor does anybody
    come into a household that is registered, or somebody registered into one, of whom the stewards did not
    read it.

    ``earlier``: numbers of households of which the source named heads or members in earlier files.
    """
    run = rows[0].run_id if rows else None
    present = [row for row in rows if row.person_id and row.outcome != StagedRow.Outcome.REFUSED]
    households = by_household(present)
    known = known_of(rows, households.keys() & set(earlier), source, touched.new_persons, run)
    plan = planned(households, known, beliefs)
    _keep_to_approved(plan, present)
    made = bulk_writer.add_households(plan.new)
    joining, left_out = _fitting(plan.joining)
    bulk_writer.add_members(joining)
    touched.new_households |= set(made)
    touched.households |= {household for household, _person, _how in joining}
    moving = [*plan.moving, *((made[place], person, how) for place, person, how in plan.moving_new)]
    moving, more_left_out = _fitting(moving)
    move(moving)
    touched.came_in |= {person for _household, person, _how in (*joining, *moving)}
    not_taken_in = {person: {"rule": rule} for person, rule in (left_out | more_left_out).items()}
    _note(present, "not_taken_in", not_taken_in)
    for code in {*plan.kept_out.values()}:
        _note(present, code, {person: {} for person, why in plan.kept_out.items() if why == code})
    _levels(present, beliefs, touched)


def _keep_to_approved(plan: Plan, rows: Sequence[Any]) -> None:
    """Whoever could come in only since the import was approved waits for the next file."""
    may: dict[str, set[int]] = {code: set() for code in MOVES}
    for row in rows:
        for code, _column, params in row.findings:
            if code in may:
                may[code].add(params["person"] if code == "moves_in_earlier" else row.person_id)
    moves = may["moves_in"] | may["moves_in_earlier"]
    plan.joining = [one for one in plan.joining if one[1] in may["joins"]]
    plan.moving = [one for one in plan.moving if one[1] in moves]
    plan.moving_new = [one for one in plan.moving_new if one[2] == HEAD or one[1] in moves]


def home_by(told: SourceRecord, beliefs: Beliefs) -> Joining | None:
    """Where whom the source named as a member of a household in an earlier file comes to live by the same
    rules, with both locked. None where they do not: also of whoever lives somewhere, or did."""
    _locked, _earlier = lock([told.person_id], told.source_id, [told.household])
    return home_if(told, beliefs)


def home_if(told: SourceRecord, beliefs: Beliefs, other: int = 0) -> Joining | None:
    """The same without locks, as it stands now: where they would come to live if they were not ``other``."""
    person, household = told.person_id, told.household
    known = known_of((), [household], told.source_id)
    alone = [
        one
        for one in known.waiting.get(household, ())
        if (one.person, one.relationship) == (person, told.relationship)
    ]
    alike = {person: {*known.alike.get(person, ())} - {other}}
    plan = planned({household: ()}, replace(known, waiting={household: alone}, alike=alike), beliefs)
    fitting, _left_out = _fitting(plan.moving)
    return next(iter(fitting), None)


def lock(
    matched: Collection[int], source: int, households: Collection[str]
) -> tuple[dict[int, Person], set[str]]:
    """A household before its members, by ascending keys, as everywhere. Also of heads and members whom the
    source named in earlier files: returned are the numbers of their households, to be asked for again now
    that they are locked."""
    lives = Membership.objects.current().filter(person__in=matched)
    homes = set(lives.values_list("household", flat=True))
    heads, waits = known_heads(source, households), waiting(source, households)
    lock_households(homes | {one.household for one in heads.values()})
    named = {one.person for some in waits.values() for one in some}
    named |= {one.person for one in heads.values()}
    return lock_persons({*matched, *named}), {*heads, *waits}


def move(moving: Sequence[Joining]) -> None:
    """One by one: what follows from it is told to all domains."""
    if not moving:
        return
    homes = Household.objects.in_bulk({household for household, _person, _how in moving})
    persons = Person.objects.in_bulk({person for _household, person, _how in moving})
    with PersonWriter() as writer:
        for household, person, how in moving:
            if persons[person].is_current:
                writer.add_membership(homes[household], persons[person], how)


def _fitting(joining: Sequence[Joining]) -> tuple[list[Joining], dict[int, str]]:
    """Who can live there, and by person who cannot, the rule: they live nowhere for now."""
    found = misfits(joining) if joining else {}
    return [one for one in joining if one[1] not in found], found


def _note(rows: Sequence[Any], code: str, params: Mapping[int, Mapping[str, str]]) -> None:
    """Of persons, in their rows, unless it was foreseen."""
    noted = {
        row.number: [one]
        for row in rows
        if row.person_id in params and (one := [code, "", params[row.person_id]]) not in row.findings
    }
    if noted:
        add_findings(rows[0].run_id, noted)


def _levels(rows: Sequence[Any], beliefs: Beliefs, touched: Any) -> None:
    """Of households that stand already, as the rows of their heads have it."""
    of_heads = [row for row in rows if row.relationship == HEAD and row.outcome in StagedRow.OF_SOMEBODY]
    told = [row for row in of_heads if row.poverty_level]
    first = earlier_rows(told[0].run_id, told) if told else {}
    heads = {
        row.person_id: row
        for row in reversed(told)
        if row.same_row not in first or COLUMN not in told_before(first[row.same_row], row).by_both
    }
    wanted, differences, agreeing = {}, [], []
    leads = Membership.objects.current().filter(person__in=numbers_in(heads), relationship=HEAD)
    for one in leads.exclude(household__in=touched.new_households).select_related("household"):
        row = heads[one.person_id]
        found = level_filling(one.household, one.person_id, row, of_row(row, beliefs))
        if found.values:
            wanted[one.household_id] = tuple(found.values.values())
        differences += found.differences
        agreeing += found.agreeing
    if wanted:
        bulk_writer.update_levels(wanted, source=beliefs.source)
        touched.households |= wanted.keys()
    note_conflicts(source=beliefs.source, differences=differences)
    end_conflicts(source=beliefs.source, agreeing=agreeing)

"""Who lives with whom, as a source has it: new households, and newcomers of known ones."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import connection

from dsp_platform.database.arrays import array, numbers_in
from registry.imports.findings import Finding
from registry.imports.runs.filling import Beliefs
from registry.imports.runs.households import Joining, misfits
from registry.imports.runs.levels import level_filling
from registry.models import Household, Membership, Person, StagedRow
from registry.persons import bulk_writer
from registry.persons.bulk_writer import NewHousehold
from registry.persons.writer import PersonWriter
from registry.provenance.services import end_conflicts, note_conflicts

HEAD = Membership.Relationship.HEAD
Members = list[tuple[int, str]]


class Touched(Protocol):
    new_persons: set[int]
    persons: set[int]
    new_households: set[int]
    households: set[int]


@dataclass(slots=True)
class _Plan:
    new: list[NewHousehold] = field(default_factory=list)
    placed: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By person, which of the new households is theirs, and how they are related to its head."""
    joining: list[tuple[int, int, str]] = field(default_factory=list)
    moving: list[tuple[int, int, str]] = field(default_factory=list)
    """Registered already, living nowhere: (household or place of the new one, person, relationship)."""
    moving_new: list[tuple[int, int, str]] = field(default_factory=list)


def join(rows: Sequence[Any], *, beliefs: Beliefs, touched: Any) -> None:
    """The household in which somebody lives already stays theirs. A source that lists a head with whom they
    live adds its newcomers, where it may; the others are registered without a household."""
    present = [row for row in rows if row.person_id and row.outcome != StagedRow.Outcome.REFUSED]
    homes = _homes({row.person_id for row in present} - touched.new_persons)
    by_household: dict[str, list[Any]] = defaultdict(list)
    for row in present:
        if row.household:
            by_household[row.household].append(row)
    plan = _Plan()
    for members in by_household.values():
        _plan(plan, members, homes, touched.new_persons, beliefs)
    made = bulk_writer.add_households(plan.new)
    joining, left_out = _fitting(plan.joining)
    bulk_writer.add_members(joining)
    touched.new_households |= set(made)
    touched.households |= {household for household, _person, _how in joining}
    moving = [*plan.moving, *((made[place], person, how) for place, person, how in plan.moving_new)]
    moving, more_left_out = _fitting(moving)
    _move(moving)
    _note_left_out(present, left_out | more_left_out)
    _levels(present, beliefs, touched)


def _fitting(joining: Sequence[Joining]) -> tuple[list[Joining], dict[int, str]]:
    """Who can live there, and by person who cannot, the rule: they live nowhere for now."""
    found = misfits(joining) if joining else {}
    return [one for one in joining if one[1] not in found], found


def _note_left_out(rows: Sequence[Any], left_out: Mapping[int, str]) -> None:
    noted = [(row.pk, left_out[row.person_id]) for row in rows if row.person_id in left_out]
    for staged in StagedRow.objects.filter(pk__in=[pk for pk, _rule in noted]).only("findings"):
        finding = Finding("not_taken_in", "", {"rule": dict(noted)[staged.pk]})
        staged.findings = [*staged.findings, [finding.code, finding.column, finding.params]]
        staged.save(update_fields=["findings"])


def _homes(persons: Collection[int]) -> dict[int, tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, household_id, relationship FROM registry_membership"
            " WHERE person_id = ANY (%s::bigint[]) AND ended_on IS NULL",
            [array(persons)],
        )
        return {person: (household, how) for person, household, how in cursor.fetchall()}


def _plan(
    plan: _Plan,
    members: Sequence[Any],
    homes: dict[int, tuple[int, str]],
    new_persons: set[int],
    beliefs: Beliefs,
) -> None:
    heads = [row for row in members if row.relationship == HEAD]
    if len(heads) != 1:
        return
    head = heads[0]
    others = {row.person_id or 0: row.relationship for row in members if row is not head and row.relationship}
    others.pop(head.person_id or 0, None)
    free = {
        person: how for person, how in others.items() if person not in homes and person not in plan.placed
    }
    newcomers = [(person, how) for person, how in free.items() if person in new_persons]
    idle = [(person, how) for person, how in free.items() if person not in new_persons]
    _place(plan, head, newcomers, idle, homes.get(head.person_id or 0), new_persons, beliefs)


def _place(
    plan: _Plan,
    head: Any,
    newcomers: Members,
    idle: Members,
    home: tuple[int, str] | None,
    new_persons: set[int],
    beliefs: Beliefs,
) -> None:
    person = head.person_id or 0
    if home is None and person in plan.placed:  # the file has them twice: with each household that it knows
        place, how = plan.placed[person]
        if how == HEAD:
            plan.new[place].members.extend(newcomers)
            plan.moving_new += [(place, other, relationship) for other, relationship in idle]
            plan.placed |= {other: (place, relationship) for other, relationship in newcomers + idle}
        return
    if home is not None:
        household, how = home
        if how == HEAD and beliefs.trust.may_fill("members"):
            plan.joining += [(household, other, relationship) for other, relationship in newcomers]
            plan.moving += [(household, other, relationship) for other, relationship in idle]
            plan.placed |= {other: (-1, relationship) for other, relationship in newcomers + idle}
        return
    if person in new_persons:
        newcomers = [(person, HEAD), *newcomers]
    else:
        idle = [(person, HEAD), *idle]
    place = len(plan.new)
    plan.moving_new += [(place, other, relationship) for other, relationship in idle]
    plan.placed |= {other: (place, relationship) for other, relationship in newcomers + idle}
    plan.new.append(
        NewHousehold(
            village=head.village,
            address=head.address,
            poverty_level=head.poverty_level,
            poverty_valid_to=head.poverty_valid_to,
            poverty_source=beliefs.source if head.poverty_level else "",
            members=newcomers,
        )
    )


def _move(moving: Sequence[tuple[int, int, str]]) -> None:
    """One by one: what follows from it is told to all domains."""
    if not moving:
        return
    homes = Household.objects.in_bulk({household for household, _person, _how in moving})
    persons = Person.objects.in_bulk({person for _household, person, _how in moving})
    with PersonWriter() as writer:
        for household, person, how in moving:
            if persons[person].is_current:
                writer.add_membership(homes[household], persons[person], how)


def _levels(rows: Sequence[Any], beliefs: Beliefs, touched: Any) -> None:
    """Of households that stand already, as the rows of their heads have it."""
    told = [row for row in rows if row.relationship == HEAD and row.outcome in StagedRow.OF_SOMEBODY]
    heads = {row.person_id: row for row in told if row.poverty_level}
    wanted, differences, agreeing = {}, [], []
    leads = Membership.objects.filter(person__in=numbers_in(heads), relationship=HEAD, ended_on=None)
    for one in leads.exclude(household__in=touched.new_households).select_related("household"):
        found = level_filling(one.household, one.person_id, heads[one.person_id], beliefs)
        if found.values:
            wanted[one.household_id] = tuple(found.values.values())
        differences += found.differences
        agreeing += found.agreeing
    if wanted:
        bulk_writer.update_levels(wanted, source=beliefs.source)
        touched.households |= wanted.keys()
    note_conflicts(source=beliefs.source, differences=differences)
    end_conflicts(source=beliefs.source, agreeing=agreeing)

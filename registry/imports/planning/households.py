"""Who would come to live with whom, as a source has it. Writes nothing: ``joining`` does."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from dsp_platform.database.arrays import array, numbers_in
from registry.imports.planning.earlier_files import KnownHead, Waiting, is_of_family, known_heads, waiting
from registry.imports.planning.filling import Beliefs, is_of_alias
from registry.models import IS_CURRENT, DuplicateCase, Membership, Person
from registry.persons.bulk_writer import NewHousehold
from registry.persons.validation import MEMBERS

HEAD = Membership.Relationship.HEAD
HAS_ACCOUNT = "has_account"
Members = list[tuple[int, str]]


@dataclass(slots=True)
class Plan:
    new: list[NewHousehold] = field(default_factory=list)
    placed: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By person, which of the new households is theirs, and how they are related to its head."""
    joining: list[tuple[int, int, str]] = field(default_factory=list)
    moving: list[tuple[int, int, str]] = field(default_factory=list)
    """Registered already, living nowhere: (household or place of the new one, person, relationship)."""
    moving_new: list[tuple[int, int, str]] = field(default_factory=list)
    kept_out: dict[int, str] = field(default_factory=dict)
    """By person, the code of the finding that says why."""


class _Head(NamedTuple):
    """Of a household of the source: in its rows, or named by it in an earlier file."""

    person: int
    home: tuple[int, str] | None
    """Where they live, and how they are related to the head there."""
    village: str
    family_name: str
    address: str = ""
    poverty_level: str = ""
    poverty_valid_to: date | None = None
    is_of_alias: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Besides the rows."""

    new_persons: Collection[int]
    homes: dict[int, tuple[int, str]]
    lived: Collection[int]
    """Who lives in a household, or did once. A source does not bring back whoever left."""
    alike: Mapping[int, Collection[int]]
    heads: Mapping[str, KnownHead]
    """Of a household that has no head in the rows."""
    waiting: Mapping[str, Sequence[Waiting]]
    with_account: Collection[int]
    """Who can say themselves where they live."""


def planned(households: Mapping[str, Sequence[Any]], known: Known, beliefs: Beliefs) -> Plan:
    """``households``: by number, the rows of each."""
    plan = Plan()
    for household, members in households.items():
        _plan(plan, household, members, known, beliefs)
    _keep_out(plan, known)
    return plan


def by_household(rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if row.household:
            found[row.household].append(row)
    return found


def known_of(
    rows: Sequence[Any],
    earlier: Collection[str],
    source: int,
    new_persons: Collection[int] = (),
    run: int | None = None,
) -> Known:
    """``earlier``: numbers of households of which the source named heads or members in earlier files.
    ``run``: that of the rows, if any."""
    # Also a head who is refused tells that the number is of this family now.
    headed = {row.household for row in rows if row.relationship == HEAD}
    heads, waits = known_heads(source, set(earlier) - headed), waiting(source, earlier, run)
    persons = {row.person_id for row in rows if row.person_id} - set(new_persons)
    lived = Membership.objects.filter(person__in=numbers_in(persons)).values_list("person", flat=True)
    concerned = {one.person for some in waits.values() for one in some}
    concerned |= {row.person_id for row in rows if row.person_id}
    with_account = Person.objects.filter(pk__in=numbers_in(concerned)).exclude(account=None)
    accounts = set(with_account.values_list("pk", flat=True))
    return Known(new_persons, homes_of(persons), set(lived), alike(concerned), heads, waits, accounts)


def alike(persons: Collection[int]) -> dict[int, set[int]]:
    """By person, whom they may be, by cases that no steward has decided; those of the rows are among them."""
    found: dict[int, set[int]] = defaultdict(set)
    some = numbers_in(persons)
    cases = DuplicateCase.objects.filter(state__in=DuplicateCase.OPEN_STATES)
    about = cases.filter(Q(first__in=some) | Q(second__in=some))
    for one, other in about.values_list("first", "second"):
        found[one].add(other)
        found[other].add(one)
    return found


def _keep_out(plan: Plan, known: Known) -> None:
    """Taken out of the plan: who would live beside whom they may be, and who would be one too many."""
    entering = {household for household, _person, _how in (*plan.joining, *plan.moving)}
    living: dict[int, set[int]] = defaultdict(set)
    lives = Membership.objects.current().filter(household__in=numbers_in(entering))
    for household, person in lives.values_list("household", "person"):
        living[household].add(person)
    found = plan.kept_out

    def may_enter(there: set[int], person: int) -> bool:
        if not there.isdisjoint(known.alike.get(person, ())):
            found[person] = "beside_double"
        elif len(there) >= MEMBERS:
            found[person] = "household_too_large"
        else:
            there.add(person)
        return person not in found

    idle: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for one in plan.moving_new:
        idle[one[0]].append(one)
    plan.moving_new = []
    for place, new in enumerate(plan.new):
        there = {person for _place, person, how in idle[place] if how == HEAD}
        new.members[:] = [one for one in new.members if may_enter(there, one[0])]
        plan.moving_new += [one for one in idle[place] if one[2] == HEAD or may_enter(there, one[1])]
    plan.joining = [one for one in plan.joining if may_enter(living[one[0]], one[1])]
    plan.moving = [one for one in plan.moving if may_enter(living[one[0]], one[1])]


def homes_of(persons: Collection[int]) -> dict[int, tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, household_id, relationship FROM registry_membership"  # noqa: S608
            f" WHERE person_id = ANY (%s::bigint[]) AND {IS_CURRENT}",
            [array(persons)],
        )
        return {person: (household, how) for person, household, how in cursor.fetchall()}


def _plan(plan: Plan, household: str, members: Sequence[Any], known: Known, beliefs: Beliefs) -> None:
    head = _head(household, members, known)
    if head is None or (head.home is None and (head.person in known.lived or head.is_of_alias)):
        return
    if head.home is None and head.person in known.with_account:
        plan.kept_out[head.person] = HAS_ACCOUNT
        return
    by_number = household in known.heads
    others = {
        row.person_id or 0: row.relationship
        for row in members
        if row.relationship
        and not is_of_alias(row)
        and (not by_number or is_of_family(row, known.heads[household]))
    }
    others |= {
        one.person: one.relationship
        for one in known.waiting.get(household, ())
        if one.person not in others and is_of_family(one, head)
    }
    others.pop(head.person, None)
    free = {
        person: how
        for person, how in others.items()
        if person not in known.lived and person not in plan.placed
    }
    for person in free.keys() & known.with_account:
        plan.kept_out[person] = HAS_ACCOUNT
        del free[person]
    newcomers = [(person, how) for person, how in free.items() if person in known.new_persons]
    idle = [(person, how) for person, how in free.items() if person not in known.new_persons]
    _place(plan, head, newcomers, idle, known, beliefs)


def _head(household: str, members: Sequence[Any], known: Known) -> _Head | None:
    heads = [row for row in members if row.relationship == HEAD]
    if len(heads) > 1:
        return None
    if heads:
        one = heads[0]
        return _Head(
            one.person_id,
            known.homes.get(one.person_id),
            one.village,
            one.family_name,
            one.address,
            one.poverty_level,
            one.poverty_valid_to,
            is_of_alias(one),
        )
    if head := known.heads.get(household):
        return _Head(head.person, (head.household, HEAD), head.village, head.family_name)
    return None


def _place(
    plan: Plan, head: _Head, newcomers: Members, idle: Members, known: Known, beliefs: Beliefs
) -> None:
    person = head.person
    if head.home is None and person in plan.placed:  # twice in the file: with each household that it knows
        place, how = plan.placed[person]
        if how == HEAD:
            plan.new[place].members.extend(newcomers)
            plan.moving_new += [(place, other, relationship) for other, relationship in idle]
            plan.placed |= {other: (place, relationship) for other, relationship in newcomers + idle}
        return
    if head.home is not None:
        household, how = head.home
        if how == HEAD and beliefs.trust.may_fill("members"):
            plan.joining += [(household, other, relationship) for other, relationship in newcomers]
            plan.moving += [(household, other, relationship) for other, relationship in idle]
            plan.placed |= {other: (-1, relationship) for other, relationship in newcomers + idle}
        return
    if person in known.new_persons:
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

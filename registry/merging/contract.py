"""What each domain registers of its rows, so that two records become one, and two again.

One ``Part`` is one table. It says which of its columns name a person, and which others a merge may change.
From that follow the moving of rows to the record that remains, the snapshot, and what is put back from it.
``tests/structure/test_merging.py`` asks it of every foreign key to a person, of whatever domain.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, Q, QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.encryption import crypto
from dsp_platform.translations.label import Label
from registry.merging.values import Row, from_values, values_of
from registry.persons.writer import PersonWriter


class Side(StrEnum):
    KEPT = "kept"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Pair:
    """Keys of the record that remains, of the one that becomes its alias, and of the households that may be
    touched: where either lives."""

    kept: int
    merged: int
    households: tuple[int, ...] = ()

    @property
    def both(self) -> tuple[int, int]:
        return self.kept, self.merged

    def of(self, side: Side) -> int:
        return self.kept if side == Side.KEPT else self.merged


Change = Sequence[Row | None]
"""Of one row: as it was before the merge, and after it; None where it was not there."""
Changes = Mapping[str, Change]
"""By key, of all rows of a part that concerned the two."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came after the merge, to be assigned to one of the two records."""

    key: str
    kind: Label
    words: str
    values: Row = field(default_factory=dict)
    """By column, what stands there now: it may be another one by the time somebody approves."""

    @property
    def digest(self) -> str:
        """Keyed: a phone number can be guessed from a plain one. The same in both languages."""
        return crypto.digest(
            "came since a merge", self.key, json.dumps(self.values, sort_keys=True, default=str)
        ).hex()


@dataclass(frozen=True, slots=True)
class Undoing:
    """A merge that is undone at this moment; ``later``: of each later one in force that left the same record,
    the changes by part."""

    pair: Pair
    writer: PersonWriter
    actor: User
    assigned: Mapping[str, Side] = field(default_factory=dict)
    later: Sequence[Mapping[str, Changes]] = ()
    gone: set[int] = field(default_factory=set)
    """Persons of the pair who went to live elsewhere since, found when their memberships are put back."""
    not_returned: list[int] = field(default_factory=list)
    """Memberships to which one of the two could not come back, likewise."""


def _nothing(row: Any, actor: User) -> None:
    pass


def _reference(row: Any) -> str:
    return str(row)


@dataclass(frozen=True, kw_only=True)
class Part:
    model: type[Model]
    kind: Label = ""
    """One of its rows in the list of what came after a merge."""
    persons: tuple[str, ...] = ()
    """Columns that name a person."""
    moves: bool = True
    """Whether those columns then name the record that remains."""
    columns: tuple[str, ...] = ()
    """What else of its rows a merge may change, by what follows from it."""
    scope: Callable[[Pair], Q] | None = None
    """Its rows that a merge may change; as a rule those that name one of the two."""
    is_listed: bool = False
    """Whether what came after a merge is assigned to one of the two, when it is undone."""
    describe: Callable[[Any], str] = _reference
    named: Callable[[str], str] = str
    """A row in a proposal, by its key: nothing that tells of a person."""
    reopened: Callable[[Any, User], None] = _nothing
    """What else is to be done where an undone merge gave a row its state back."""
    second_person: bool = False
    """Whether it takes two people to touch its rows."""
    locked_first: bool = False
    """Who decides one of its rows locks the row before the persons that it names: a merge does so too."""

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    @property
    def all_columns(self) -> tuple[str, ...]:
        return (*self.persons, *self.columns)

    # --- reading

    def of_persons(self, *persons: int) -> Q:
        condition = Q(pk__in=())
        for column in self.persons:
            condition |= Q(**{f"{column}__in": persons})
        return condition

    def rows(self, pair: Pair) -> QuerySet[Any]:
        condition = self.scope(pair) if self.scope else self.of_persons(pair.kept, pair.merged)
        return self.model._default_manager.filter(condition).order_by("pk").distinct()

    def snapshot(self, pair: Pair) -> dict[str, Row]:
        return {str(row.pk): values_of(row, self.all_columns) for row in self.rows(pair)}

    def came(self, undoing: Undoing, changes: Changes) -> list[Any]:
        """Rows of the record that remains which are there since the merge, and came by no later one."""
        later = [one[self.name] for one in undoing.later if self.name in one]
        known = {*changes, *(key for one in later for key in one if self._foreign(one[key], undoing.pair))}
        rows = self.model._default_manager.filter(self.of_persons(undoing.pair.kept)).order_by("pk")
        return [row for row in rows if str(row.pk) not in known]

    def _foreign(self, change: Change, pair: Pair) -> bool:
        """Whether a later merge brought the row."""
        before = change[0]
        return before is None or pair.kept not in {before[name] for name in self.persons}

    def key_of(self, row: Any) -> str:
        return f"{self.name}:{row.pk}"

    # --- merging

    def move(self, pair: Pair) -> None:
        """All rows to the record that remains. Where a constraint allows only one there, the other stays."""
        if not self.moves:
            return
        for row in self.model._default_manager.filter(self.of_persons(pair.merged)).order_by("pk"):
            moved = {name: pair.kept for name in self.persons if getattr(row, name) == pair.merged}
            self._save_if_possible(row, moved)

    def made_one(self, pair: Pair, actor: User, note: str) -> None:
        """What follows once the two are one; not part of what an undone merge puts back."""

    # --- undoing

    def made_two(self, pair: Pair, actor: User, note: str) -> None:
        """What follows once they are two again."""

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        """Put back what the merge changed and nobody has changed since."""
        for row in self.came(undoing, changes) if self.is_listed else ():
            side = undoing.assigned[self.key_of(row)]
            if side == Side.MERGED:
                self.assign(row, undoing)
            self.go_home(row, side, undoing)
        for key, change in changes.items():
            row = self.model._default_manager.filter(pk=key).first()
            before, _after = change
            if row is None or before is None:
                continue
            back = self.to_put_back(key, row, undoing, change)
            if back and self._put_back(row, back, undoing) and "state" in back:
                self.reopened(row, undoing.actor)

    def to_put_back(self, key: str, row: Any, undoing: Undoing, change: Change) -> Row:
        before, after = change
        if before is None or after is None:
            return {}
        now, expected = values_of(row, before), self.expected(key, after, undoing)
        return {
            name: before[name]
            for name in before
            if before[name] != after[name] and now[name] == expected[name]
        }

    def expected(self, key: str, after: Row, undoing: Undoing) -> Row:
        """As the later merges left it, if nobody else has changed it since."""
        expected = dict(after)
        for one in undoing.later:
            before, since = one.get(self.name, {}).get(key, (None, None))
            for name in expected:
                if before and since and expected[name] == before.get(name):
                    expected[name] = since[name]
        return expected

    def assign(self, row: Any, undoing: Undoing) -> None:
        pair = undoing.pair
        moved = {name: pair.merged for name in self.persons if getattr(row, name) == pair.kept}
        self.save(row, moved, undoing.writer)

    def go_home(self, row: Any, side: Side, undoing: Undoing) -> None:
        """Of what came since and is of a household: to that of whose it is."""

    def _put_back(self, row: Any, back: Row, undoing: Undoing) -> bool:
        """Whether all of it could be: another open row may stand in the way by now, then it stays closed."""
        try:
            with transaction.atomic():
                self.save(row, from_values(self.model, back), undoing.writer)
        except IntegrityError:
            row.refresh_from_db()
            whose = {name: value for name, value in back.items() if name in self.persons}
            self._save_if_possible(row, from_values(self.model, whose))
            return False
        return True

    def _save_if_possible(self, row: Any, values: Mapping[str, Any]) -> None:
        try:
            with transaction.atomic():
                self.save(row, values, None)
        except IntegrityError:
            row.refresh_from_db()

    def save(self, row: Any, values: Mapping[str, Any], writer: PersonWriter | None) -> None:
        """A new version where the rows have one: who has read the earlier one decides nothing."""
        if not values:
            return
        for name, value in values.items():
            setattr(row, name, value)
        has_version = any(one.name == "version" for one in self.model._meta.concrete_fields)
        if has_version:
            row.version += 1
        row.save(update_fields=[*values, *(["version"] if has_version else [])])


PARTS: dict[str, Part] = {}


def register_part(*parts: Part) -> None:
    """In the order in which they are moved and put back; those that are ``locked_first`` are locked in it."""
    PARTS.update({part.name: part for part in parts})


def lock_what_is_decided(pair: Pair) -> None:
    """Before households and persons: consistent lock order, avoids deadlock with who decides a request about
    one of the two at the same moment."""
    for part in PARTS.values():
        if part.locked_first:
            rows = part.model._default_manager.filter(pk__in=part.rows(pair).order_by().values("pk"))
            list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def snapshot(pair: Pair) -> dict[str, dict[str, Row]]:
    return {name: part.snapshot(pair) for name, part in PARTS.items()}


def changes_between(
    before: Mapping[str, Mapping[str, Row]], after: Mapping[str, Mapping[str, Row]]
) -> dict[str, dict[str, Change]]:
    """Of every part; rows that stayed as they were too: they tell what was there already."""
    return {
        name: {key: (before[name].get(key), after[name].get(key)) for key in {**before[name], **after[name]}}
        for name in before
    }

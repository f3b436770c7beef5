"""The parts that persons and households themselves are: all of them written by ``PersonWriter``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.identity.documents import document_digest
from registry.merging.contract import Change, Changes, Pair, Part, Side, Undoing
from registry.merging.fields import columns_of_detail
from registry.merging.homes import HEAD, LEVEL, take_back
from registry.merging.values import Row, from_values, values_of
from registry.models import Household, IdentityDocument, Membership, Person
from registry.models.person_columns import DETAILS
from registry.persons.writer import NumberTaken, PersonWriter

HOME = "home"
ACCOUNT = "account"
_DETAIL_COLUMNS = tuple(column for detail in DETAILS for column in columns_of_detail(detail))
# The day on which somebody died stays with whom it was recorded of.
_MOVABLE = tuple(one for one in DETAILS if one != "died")


@dataclass(frozen=True, kw_only=True)
class PersonPart(Part):
    """The two records, and those that became aliases of the one before."""

    def of_persons(self, *persons: int) -> Q:
        return Q(pk__in=persons) | Q(merged_into__in=persons)

    def came(self, undoing: Undoing, changes: Changes) -> list[Any]:
        return []

    def changed(self, undoing: Undoing, changes: Changes) -> list[str]:
        """Details of the record that remains which were told since, and its account."""
        key = str(undoing.pair.kept)
        after = changes[key][1] or {}
        now, expected = values_of(Person.objects.get(pk=key), after), self.expected(key, after, undoing)
        units = {**{one: columns_of_detail(one) for one in _MOVABLE}, ACCOUNT: ("account_id",)}
        return [one for one, columns in units.items() if any(now[name] != expected[name] for name in columns)]

    def move(self, pair: Pair) -> None:
        """The writer did it."""

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        """The record that remains first: it gives back the account."""
        pair = undoing.pair
        given: dict[str, Any] = {}
        for key in sorted(changes, key=lambda one: one != str(pair.kept)):
            change = changes[key]
            person = Person.objects.get(pk=key)
            back = self.to_put_back(key, person, undoing, change)
            if person.pk == pair.kept:
                given = self._give(person, undoing, changes, back)
            elif person.pk == pair.merged:
                back |= given
            taken = back.get("account_id") and Person.objects.filter(account=back["account_id"])
            if taken and taken.exclude(pk=person.pk).exists():
                del back["account_id"]  # somebody else's by now
            self.save(person, from_values(Person, back), undoing.writer)

    def _give(self, kept: Person, undoing: Undoing, changes: Changes, back: Row) -> Row:
        """What was told since and is the other's: the record that remains gets what it had before."""
        given: Row = {}
        for detail in self.changed(undoing, changes):
            if undoing.assigned[f"{self.name}:{detail}"] == Side.MERGED:
                columns = ("account_id",) if detail == ACCOUNT else columns_of_detail(detail)
                before = changes[str(kept.pk)][0] or {}
                given |= values_of(kept, columns)
                back |= {name: before[name] for name in columns}
        return given

    def save(self, row: Person, values: Mapping[str, Any], writer: PersonWriter | None) -> None:
        if writer is not None and values:
            writer.update_person(row, **values)


@dataclass(frozen=True, kw_only=True)
class HouseholdPart(Part):
    """What became of the households that one of the two left."""

    def came(self, undoing: Undoing, changes: Changes) -> list[Any]:
        return []

    def move(self, pair: Pair) -> None:
        """The writer did it."""

    def to_put_back(self, key: str, row: Any, undoing: Undoing, change: Change) -> Row:
        """A level with its last day: one that was reported since is no half of the earlier one."""
        back = super().to_put_back(key, row, undoing, change)
        before, after = change
        if before and after and any(before[name] != after[name] and name not in back for name in LEVEL):
            return {name: value for name, value in back.items() if name not in LEVEL}
        return back

    def save(self, row: Household, values: Mapping[str, Any], writer: PersonWriter | None) -> None:
        if writer is not None and values:
            writer.update_household(row, **values)


@dataclass(frozen=True, kw_only=True)
class MembershipPart(Part):
    def move(self, pair: Pair) -> None:
        """The writer did it."""

    def left_since(self, undoing: Undoing, changes: Changes) -> bool:
        """Whether whoever the two are lives in no household by now, and lived in one after the merge; by a
        membership that is theirs still: an earlier merge that was undone since took some back."""
        lived = [int(key) for key, (_before, after) in changes.items() if after and not after["ended_on"]]
        theirs = Membership.objects.filter(person=undoing.pair.kept)
        return theirs.filter(pk__in=lived).exists() and not theirs.current().exists()

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        """Each lives where they lived before, unless they went elsewhere since, or cannot be a member there
        any more: then they live in no household (see ``registry.merging.returning``)."""
        pair, writer = undoing.pair, undoing.writer
        new = self.came(undoing, changes)
        theirs = {side: [row for row in new if undoing.assigned[self.key_of(row)] == side] for side in Side}
        left = undoing.assigned.get(f"{self.name}:{HOME}") if self.left_since(undoing, changes) else None
        undoing.gone.update(pair.of(side) for side in Side if left == side or theirs[side])
        self._take_back_made(undoing, changes)
        for row in theirs[Side.MERGED]:
            writer.update_membership(row, person=Person.objects.get(pk=pair.merged))
        rows = Membership.objects.select_related("person", "household").in_bulk([int(key) for key in changes])
        returning = []
        for key, (before, after) in changes.items():
            row = rows.get(int(key))
            if row is None or before is None or after is None:
                continue
            if before["person_id"] == pair.merged and row.person_id == pair.kept:
                writer.update_membership(row, person=Person.objects.get(pk=pair.merged))
            side = Side.MERGED if before["person_id"] == pair.merged else Side.KEPT
            if before["ended_on"] is None:
                returning.append((row, before, after, side))
        # Who led the household before gives that up first.
        for row, before, after, side in sorted(returning, key=lambda one: one[1]["relationship"] == HEAD):
            if pair.of(side) not in undoing.gone:
                self._return(row, before, after, undoing)

    def _take_back_made(self, undoing: Undoing, changes: Changes) -> None:
        made = [int(key) for key, (before, _after) in changes.items() if before is None]
        for row in Membership.objects.filter(pk__in=made, person=undoing.pair.kept):
            undoing.writer.take_back_membership(row)

    def _return(self, row: Membership, before: Row, after: Row, undoing: Undoing) -> None:
        writer, relationship = undoing.writer, before["relationship"]
        if row.is_current:
            if row.relationship == after["relationship"] != relationship:
                writer.update_membership(row, relationship=relationship)
            return
        if not take_back(writer, row, relationship, before["heads"]):
            undoing.not_returned.append(row.pk)

    def snapshot(self, pair: Pair) -> dict[str, Row]:
        """With who leads the household, by all records of theirs: by that it is judged whether somebody can
        return."""
        rows = list(self.rows(pair))
        heads = dict(
            Membership.objects.current()
            .filter(household__in=[row.household_id for row in rows], relationship=HEAD)
            .values_list("household", "person")
        )
        records = {head: [head] for head in heads.values()}
        for alias in Person.objects.filter(merged_into__in=records).order_by("pk").only("merged_into_id"):
            if alias.merged_into_id is not None:
                records[alias.merged_into_id].append(alias.pk)
        return {
            str(row.pk): values_of(row, self.all_columns)
            | {"heads": records[heads[row.household_id]] if row.household_id in heads else []}
            for row in rows
        }


@dataclass(frozen=True, kw_only=True)
class DocumentPart(Part):
    def move(self, pair: Pair) -> None:
        """The writer did it."""

    def save(self, row: IdentityDocument, values: Mapping[str, Any], writer: PersonWriter | None) -> None:
        if writer is not None and values:
            writer.move_document(row, Person.objects.get(pk=values["person_id"]))

    def to_put_back(self, key: str, row: Any, undoing: Undoing, change: Change) -> Row:
        back = super().to_put_back(key, row, undoing, change)
        return {name: value for name, value in back.items() if name == "person_id"}

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        """A document in whose place one of the other person was entered since is theirs again."""
        pair = undoing.pair
        new = self.came(undoing, changes)
        others = {
            side: {row.type for row in new if undoing.assigned[self.key_of(row)] != side} for side in Side
        }
        super().restore(undoing, changes)
        there = {
            str(pk)
            for pk in IdentityDocument.objects.filter(pk__in=list(changes)).values_list("pk", flat=True)
        }
        for before in (change[0] for key, change in changes.items() if key not in there):
            side = Side.MERGED if before and before["person_id"] == pair.merged else Side.KEPT
            if before is not None and before["type"] in others[side]:
                self._enter_again(Person.objects.get(pk=pair.of(side)), before, undoing.writer)

    def _enter_again(self, person: Person, before: Row, writer: PersonWriter) -> None:
        if not person.documents.filter(type=before["type"]).exists():
            try:
                with transaction.atomic():
                    writer.replace_document(person, before["type"], before["number"])
            except NumberTaken:
                pass  # somebody else has shown it since


def _in_households(pair: Pair) -> Q:
    return Q(pk__in=pair.households)


def document_words(row: IdentityDocument) -> str:
    """Without its number: the list is read by whoever undoes, and the type says which it is."""
    return str(row.get_type_display())


def document_doubled(document: IdentityDocument, kept: Person) -> bool:
    """Whether the record that remains has the same: families share some numbers."""
    same = bytes(document_digest(document.type, document.number))
    return any(bytes(one.digest) == same for one in kept.documents.filter(type=document.type))


PERSONS = PersonPart(
    model=Person,
    columns=(*_DETAIL_COLUMNS, "origins", "verification", "village_id", "account_id", "merged_into_id"),
)
HOUSEHOLDS = HouseholdPart(model=Household, columns=("payee_id", "closed_on", *LEVEL), scope=_in_households)
MEMBERSHIPS = MembershipPart(
    model=Membership,
    kind=_("membership"),
    persons=("person_id",),
    columns=("relationship", "ended_on", "ended_by_death"),
    is_listed=True,
    describe=lambda row: str(row.household.number),
)
DOCUMENTS = DocumentPart(
    model=IdentityDocument,
    kind=_("identity document"),
    persons=("person_id",),
    columns=("type", "number"),
    is_listed=True,
    describe=document_words,
)

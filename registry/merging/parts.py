"""The parts of the rooms of the registry, in the order of their locks; other domains register theirs."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.merging.consents import CONSENTS
from registry.merging.contract import Changes, Pair, Part, Undoing
from registry.merging.records import DOCUMENTS, HOUSEHOLDS, MEMBERSHIPS, PERSONS
from registry.models import (
    Claim,
    DuplicateCase,
    Enrolment,
    MoverConfirmation,
    PhoneReplacement,
    RareFact,
    SourceConflict,
    SourceRecord,
)


@dataclass(frozen=True, kw_only=True)
class RarePart(Part):
    """Its persons are a list in one column."""

    def of_persons(self, *persons: int) -> Q:
        condition = Q(pk__in=())
        for person in persons:
            condition |= Q(persons__contains=[person])
        return condition

    def move(self, pair: Pair) -> None:
        for row in RareFact.objects.filter(self.of_persons(pair.merged)):
            moved = [pair.kept if one == pair.merged else one for one in row.persons]
            self.save(row, {"persons": list(dict.fromkeys(moved))}, None)


@dataclass(frozen=True, kw_only=True)
class CasePart(Part):
    """What a merge decided by itself is decided no longer once it is undone."""

    def move(self, pair: Pair) -> None:
        """Done by ``registry.merging.cases``, which obeys what was decided."""

    def came(self, undoing: Undoing, changes: Changes) -> list[Any]:
        return []

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        super().restore(undoing, changes)
        made = [key for key, (before, _after) in changes.items() if before is None]
        DuplicateCase.objects.filter(pk__in=made, events=None).delete()


def _payments_of(row: Enrolment) -> str:
    return f"{row.programme.name} ({row.get_state_display()})"


ENROLMENTS = Part(
    model=Enrolment,
    kind=_("enrolment"),
    persons=("person_id",),
    columns=("state", "until"),
    is_listed=True,
    describe=_payments_of,
    second_person=True,
)

PARTS = (
    HOUSEHOLDS,
    PERSONS,
    MEMBERSHIPS,
    DOCUMENTS,
    CONSENTS,
    ENROLMENTS,
    # The next file of a source is then about the record that remains.
    Part(model=SourceRecord, persons=("person_id",)),
    Part(model=SourceConflict, persons=("person_id",), columns=("state",)),
    # Its state is not put back: another phone is asked for anew, and whom it concerns is told again.
    Part(model=PhoneReplacement, persons=("person_id",), locked_first=True),
    Part(model=MoverConfirmation, persons=("person_id",)),
    Part(model=Claim, persons=("person_id",), locked_first=True),
    RarePart(model=RareFact, columns=("persons",)),
    CasePart(
        model=DuplicateCase,
        persons=("first_id", "second_id"),
        columns=("state", "assignee_id", "decided_by_id", "decided_at"),
    ),
)

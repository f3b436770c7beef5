"""The parts of the rooms of the registry, in the order of their locks; other domains register theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.consents.services import give_again
from registry.merging.contract import Changes, Pair, Part, Undoing
from registry.merging.records import DOCUMENTS, HOUSEHOLDS, MEMBERSHIPS, PERSONS
from registry.models import (
    Claim,
    Consent,
    DuplicateCase,
    Enrolment,
    Membership,
    MoverConfirmation,
    PhoneReplacement,
    RareFact,
)
from registry.persons.writer import PersonWriter


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
class ConsentPart(Part):
    """No row is rewritten: a consent is given once and withdrawn once. It stays with the record by which it was
    given, and one that a merge ended is given again."""

    def move(self, pair: Pair) -> None:
        """They are of the household."""

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        super().restore(undoing, changes)
        for key, change in changes.items():
            row = Consent.objects.filter(pk=key).first()
            if row is not None and self.to_put_back(key, row, undoing, change):
                give_again(row, row.household_id, row.given_by_id)

    def assign(self, row: Consent, undoing: Undoing) -> None:
        """Whoever gave it lives in the other household: it holds there, and no longer where it was given."""
        home = Membership.objects.filter(person=undoing.pair.merged, ended_on=None).first()
        if home is not None and home.household_id == row.household_id:
            return
        withdrawn = row.withdrawn_at
        if withdrawn is None:
            row.withdrawn_at = timezone.now()
            row.save(update_fields=["withdrawn_at"])
        if home is not None and withdrawn is None:
            give_again(row, home.household_id, undoing.pair.merged)

    def save(self, row: Any, values: Mapping[str, Any], writer: PersonWriter | None) -> None:
        """By ``restore``."""


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


def _of_households(pair: Pair) -> Q:
    persons = (pair.kept, pair.merged)
    return Q(household__in=pair.households) | Q(given_by__in=persons)


def _payments_of(row: Enrolment) -> str:
    return f"{row.programme.name} ({row.get_state_display()})"


CONSENTS = ConsentPart(
    model=Consent,
    kind=_("consent"),
    persons=("given_by_id",),
    columns=("withdrawn_at",),
    scope=_of_households,
    is_listed=True,
    describe=lambda row: row.operator_code or row.purpose,
)
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
    # Its state is not put back: another phone is asked for anew, and whom it concerns is told again.
    Part(model=PhoneReplacement, persons=("person_id",)),
    Part(model=MoverConfirmation, persons=("person_id",)),
    Part(model=Claim, persons=("person_id",)),
    RarePart(model=RareFact, columns=("persons",)),
    CasePart(
        model=DuplicateCase,
        persons=("first_id", "second_id"),
        columns=("state", "assignee_id", "decided_by_id", "decided_at"),
    ),
)

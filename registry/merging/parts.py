"""The parts of the rooms of the registry, in the order of their locks; other domains register theirs."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.merging.consents import CONSENTS
from registry.merging.contract import Pair, Part
from registry.merging.records import DOCUMENTS, HOUSEHOLDS, MEMBERSHIPS, PERSONS
from registry.models import (
    Appointment,
    Enrolment,
    PhoneReplacement,
    RareFact,
    SourceConflict,
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
    Part(model=SourceConflict, persons=("person_id",), columns=("state",)),
    # Its state is not put back: another phone is asked for anew, and whom it concerns is told again.
    Part(model=PhoneReplacement, persons=("person_id",), locked_first=True),
    Part(model=Appointment, persons=("person_id",)),
    RarePart(model=RareFact, columns=("persons",)),
)

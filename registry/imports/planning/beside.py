"""What a row adds to somebody registered besides the columns of a person: documents, the level and members of
a household, an enrolment. Found when a file is compared, so that its preview says all that it would do."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from dsp_platform.database.arrays import numbers_in
from registry.duplicates.selectors import held_back
from registry.imports.planning import documents
from registry.imports.planning.filling import Beliefs
from registry.imports.planning.levels import COLUMN, level_filling
from registry.models import DuplicateCase, Enrolment, IdentityDocument, Membership

HEAD = Membership.Relationship.HEAD
NUMBERS = ("member_number", "card_number", "level")
Findings = list[list[Any]]
HEADLESS = ["not_one_head", "", {}]


@dataclass(frozen=True, slots=True)
class Beside:
    """By person."""

    types: Mapping[int, set[str]]
    """Of documents that they have."""
    homes: Mapping[int, Membership]
    lived: Collection[int]
    """Who lives in a household, or did once."""
    enrolments: Mapping[int, list[Enrolment]]
    """In the programme of the source."""
    held_back: Mapping[int, str]
    """Who has the number of somebody else: state of the case whether they are one with them. Until it is
    decided they are not enrolled."""
    programme: int | None

    @classmethod
    def of(cls, persons: Collection[int], programme: int | None) -> "Beside":
        some = numbers_in(persons)
        types: dict[int, set[str]] = defaultdict(set)
        for person, kind in IdentityDocument.objects.filter(person__in=some).values_list("person", "type"):
            types[person].add(kind)
        lives = list(Membership.objects.filter(person__in=some).select_related("household"))
        homes = {one.person_id: one for one in lives if one.is_current}
        lived = {one.person_id for one in lives}
        enrolments: dict[int, list[Enrolment]] = defaultdict(list)
        if programme:
            for one in Enrolment.objects.filter(person__in=some, programme=programme):
                enrolments[one.person_id].append(one)
        return cls(types, homes, lived, enrolments, held_back(persons), programme)

    def waits_for_enrolment(self, person: int) -> bool:
        """Decided to be somebody else since their source named them first."""
        is_another = self.held_back.get(person) == DuplicateCase.State.DIFFERENT
        return bool(self.programme) and is_another and not self.enrolments.get(person)

    def added(
        self, person: int, row: Any, beliefs: Beliefs, of_others: Collection[str]
    ) -> tuple[Findings, Findings]:
        """What is written, and what the row says otherwise. ``of_others``: digests of documents in it that
        somebody else has."""
        written: Findings = []
        types = {kind for kind, _number, digest in row.documents if digest not in of_others}
        new_types = sorted(types.difference(self.types.get(person, ())))
        if new_types and beliefs.trust.may_fill("documents"):
            written.append(["fills", documents.COLUMN, {"types": new_types}])
        if self.programme and self._enrols(person, row):
            written.append(["enrols", "", {}])
        home = self.homes.get(person)
        if home is None:
            is_placed = row.household and row.relationship and HEADLESS not in row.findings
            if is_placed and person not in self.lived and not beliefs.is_of_alias:
                written.append(["moves_in", "", {}])
            return written, []
        if home.relationship != HEAD or row.relationship != HEAD:
            return written, []
        level = level_filling(home.household, person, row, beliefs)
        if level.values:
            written.append(["fills", COLUMN, {}])
        return written, [["says_otherwise", one.column, {}] for one in level.differences]

    def _enrols(self, person: int, row: Any) -> bool:
        """As ``batches.enrol`` begins or completes an enrolment."""
        if self.held_back.get(person) in DuplicateCase.OPEN_STATES:
            return False
        enrolments = self.enrolments.get(person, ())
        for one in enrolments:
            if one.state != Enrolment.State.ENDED:
                return any(getattr(row, name) and not getattr(one, name) for name in NUMBERS)
        return all(row.since and one.until and one.until < row.since for one in enrolments)

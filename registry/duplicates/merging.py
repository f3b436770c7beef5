"""What becomes of cases when two records become one, and two again. Every step is one of the workflow."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.duplicates.pairs import Likeness, create_cases, lock_cases, pair_of
from registry.duplicates.workflow import (
    DROPPED,
    FOLLOWED,
    JOINED,
    MERGED,
    PARTED,
    PASSED_ON,
    RESTORED,
    SAME,
    State,
    duplicate_workflow,
)
from registry.merging.contract import Changes, Pair, Part, Undoing
from registry.merging.values import Row
from registry.models import DuplicateCase

_DECIDED = ["decided_by", "decided_at"]


@dataclass(frozen=True, kw_only=True)
class CasePart(Part):
    def move(self, pair: Pair) -> None:
        """Who is another person than the alias is another one than the record that remains. What waits, waits
        for that one, unless it is compared with it already."""
        for case in _locked(self.of_persons(pair.merged)).exclude(self.of_persons(pair.kept)):
            other = case.second_id if case.first_id == pair.merged else case.first_id
            there = next(iter(lock_cases([pair_of(pair.kept, other)])), None)
            if case.is_open and there is None:
                case.first_id, case.second_id = sorted((pair.kept, other))
                duplicate_workflow.take_step(case, PASSED_ON, actor=None, fields=["first", "second"])
            elif case.is_open:
                duplicate_workflow.take_step(case, MERGED, actor=None)
            elif case.state == State.DIFFERENT and (there is None or there.is_open):
                there = there or _case_of(pair.kept, other, weight=case.weight)
                there.decided_by, there.decided_at = case.decided_by, case.decided_at
                duplicate_workflow.take_step(there, FOLLOWED, actor=None, fields=_DECIDED)

    def made_one(self, pair: Pair, actor: User, note: str) -> None:
        """Whether a case stood before or not: it is obeyed by every way in."""
        case = _case_of(*pair.both)
        _decide(case, SAME if case.is_open else JOINED, actor, note)

    def made_two(self, pair: Pair, actor: User, note: str) -> None:
        """The two never come back by themselves."""
        case = _case_of(*pair.both)
        _decide(case, PARTED, actor, note)

    def came(self, undoing: Undoing, changes: Changes) -> list[Any]:
        return []

    def restore(self, undoing: Undoing, changes: Changes) -> None:
        """What a merge decided by itself is decided no longer."""
        super().restore(undoing, changes)
        made = [key for key, (before, _after) in changes.items() if before is None]
        for case in _locked(Q(pk__in=made, state=State.DIFFERENT)):
            last = case.events.last()
            if last is not None and last.step == FOLLOWED:
                duplicate_workflow.take_step(case, DROPPED, actor=undoing.actor)

    def _put_back(self, row: DuplicateCase, back: Row, undoing: Undoing) -> bool:
        done = super()._put_back(row, back, undoing)
        if done:
            duplicate_workflow.record_step(row, RESTORED, actor=undoing.actor)
        return done


def _decide(case: DuplicateCase, step: str, actor: User, note: str) -> None:
    case.decided_by, case.decided_at = actor, timezone.now()
    duplicate_workflow.take_step(case, step, actor=actor, note=note, fields=_DECIDED)


def _locked(condition: Q) -> QuerySet[DuplicateCase]:
    return DuplicateCase.objects.select_for_update(no_key=True).filter(condition).order_by("pk")


def _case_of(one: int, other: int, *, weight: float = 0.0) -> DuplicateCase:
    """Locked. Made where there is none, without a first step: the caller decides it at once."""
    pair = pair_of(one, other)
    create_cases({pair: Likeness(weight, [])})
    (case,) = lock_cases([pair])
    return case


PART = CasePart(
    model=DuplicateCase,
    persons=("first_id", "second_id"),
    columns=("state", "assignee_id", "decided_by_id", "decided_at"),
)

"""What becomes of cases when two records become one, and two again. Every step is one of the workflow."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.duplicates.pairs import Likeness, create_cases, hand_over, lock_cases, pair_of
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
        """Who is another person than one of the two is another one than the other. What waits, waits for the
        record that remains, unless it is compared with it already; that one then has what a file said."""
        for case in _locked(self.of_persons(pair.merged)).exclude(self.of_persons(pair.kept)):
            other = case.second_id if case.first_id == pair.merged else case.first_id
            there = next(iter(lock_cases([pair_of(pair.kept, other)])), None)
            if there is None:
                self._move_alone(case, pair.kept, other)
            elif case.is_open and there.state == State.DIFFERENT:
                _follow(case, there)
            elif case.is_open:
                duplicate_workflow.take_step(case, MERGED, actor=None)
                hand_over(case, there)
            elif case.state == State.DIFFERENT and there.is_open:
                _follow(there, case)

    def _move_alone(self, case: DuplicateCase, kept: int, other: int) -> None:
        if case.is_open:
            case.first_id, case.second_id = pair_of(kept, other)
            duplicate_workflow.take_step(case, PASSED_ON, actor=None, fields=["first", "second"])
        elif case.state == State.DIFFERENT:
            _follow(_case_of(kept, other, weight=case.weight), case)

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


def _follow(case: DuplicateCase, decided: DuplicateCase) -> None:
    case.decided_by, case.decided_at = decided.decided_by, decided.decided_at
    duplicate_workflow.take_step(case, FOLLOWED, actor=None, fields=_DECIDED)


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
    columns=("state", "assignee_id", "decided_by_id", "decided_at", "of_file", "held_back_id"),
)

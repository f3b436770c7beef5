"""What officials say at the counter of two records that are alike: it stands on the case, decides nothing."""

from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.duplicates.pairs import Key, create_cases, likeness_of, lock_cases, pair_of
from registry.duplicates.workflow import FIND, FIND_AGAIN, SAID, Answer, State, duplicate_workflow
from registry.matching.records import Match
from registry.models import DuplicateCase


def note_said(*, person: int, alike: Match, answer: Answer, official: User) -> None:
    """What an official said at the counter, who had the person before them.

    It stands on the case of the pair, which is made where there is none, and decides nothing: whoever
    registers somebody does not judge alone that they are nobody else. What was decided stays. The caller has
    locked the person.
    """
    case = _open_case(pair_of(person, alike.person_id), alike)
    if case is None:
        return
    case.answer, case.answered_by = answer, official
    duplicate_workflow.take_step(case, SAID[answer], actor=official, fields=["answer", "answered_by"])


def said_different(person: int, others: Collection[int]) -> set[int]:
    """Of whom an official said before that they are another person, and no steward has decided it."""
    pairs = DuplicateCase.objects.filter(
        Q(first=person, second__in=others) | Q(second=person, first__in=others),
        answer=Answer.DIFFERENT,
        state__in=DuplicateCase.OPEN_STATES,
    )
    return {pk for pair in pairs.values_list("first", "second") for pk in pair} - {person}


def _open_case(pair: Key, alike: Match) -> DuplicateCase | None:
    """Locked; None where it was decided. A sweep may make it at the same moment."""
    opened = create_cases({pair: likeness_of(alike)})
    (case,) = lock_cases([pair])
    if case.pk in opened:
        duplicate_workflow.record_step(case, FIND, actor=None)
    elif case.state == State.ENDED:
        case.found_at = timezone.now()
        duplicate_workflow.take_step(case, FIND_AGAIN, actor=None, fields=["found_at"])
    return case if case.is_open else None

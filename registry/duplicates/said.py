"""What officials say at the counter of two records that are alike: it stands on the case, decides nothing."""

from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.database.references import TRIES, new_reference
from registry.duplicates.selectors import PREFIX
from registry.duplicates.workflow import FIND, FIND_AGAIN, SAID, Answer, State, duplicate_workflow
from registry.matching.records import Match
from registry.models import DuplicateCase


def note_said(*, person: int, alike: Match, answer: Answer, official: User) -> None:
    """What an official said at the counter, who had the person before them.

    It stands on the case of the pair, which is made where there is none, and decides nothing: whoever
    registers somebody does not judge alone that they are nobody else. What was decided stays. The caller has
    locked the person.
    """
    first, second = sorted((person, alike.person_id))
    case = _open_case(first, second, alike)
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


def _open_case(first: int, second: int, alike: Match) -> DuplicateCase | None:
    """Locked; None where it was decided. A sweep may make it at the same moment."""
    for _try in range(TRIES):
        reference = new_reference(PREFIX)
        new = DuplicateCase(
            reference=reference,
            first_id=first,
            second_id=second,
            weight=round(alike.weight, 2),
            evidence=alike.stored_evidence,
        )
        DuplicateCase.objects.bulk_create([new], ignore_conflicts=True)
        rows = DuplicateCase.objects.select_for_update(no_key=True)
        if case := rows.filter(first=first, second=second).first():
            break
    else:
        raise RuntimeError("no free reference")
    if case.reference == reference:
        duplicate_workflow.record_step(case, FIND, actor=None)
    elif case.state == State.ENDED:
        case.found_at = timezone.now()
        duplicate_workflow.take_step(case, FIND_AGAIN, actor=None, fields=["found_at"])
    return case if case.is_open else None

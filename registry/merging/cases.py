"""What was decided about pairs of records, once one of them is an alias of another."""

from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.database.arrays import numbers_in
from dsp_platform.database.references import TRIES, new_reference, save_with_new_number
from registry.matching.records import Match
from registry.merging.contract import Pair
from registry.models import DuplicateCase, DuplicateCaseEvent, Person

State = DuplicateCase.State
Answer = DuplicateCase.Answer
FIND, FIND_AGAIN = "find", "find_again"
SAID = {Answer.SAME: "said_same", Answer.DIFFERENT: "said_different"}
"""Steps of a case, by what an official at the counter said of it."""


def decide_pair(*, first: Person, second: Person, state: str, actor: User, note: str = "") -> DuplicateCase:
    """Whether a case stood before or not: it is obeyed by every way in, and never comes back by itself. The
    caller has locked both."""
    pair = sorted((first.pk, second.pk))
    case = _locked(*pair)
    if case is None:
        case = _new(*pair, weight=0.0)
    if case.state != state:
        case.state, case.decided_by, case.decided_at = state, actor, timezone.now()
        case.assignee = None
        case.version += 1
        case.save(update_fields=["state", "decided_by", "decided_at", "assignee", "version"])
        DuplicateCaseEvent.objects.create(case=case, step=state, state=state, actor=actor, note=note or None)
    return case


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
    case.version += 1
    case.save(update_fields=["state", "found_at", "answer", "answered_by", "version"])
    DuplicateCaseEvent.objects.create(case=case, step=SAID[answer], state=case.state, actor=official)
    audit.record(
        actor=official,
        action=f"duplicate_{SAID[answer]}",
        subject_kind="duplicatecase",
        subject_id=case.pk,
    )


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
        reference = new_reference("D")
        new = DuplicateCase(
            reference=reference,
            first_id=first,
            second_id=second,
            weight=round(alike.weight, 2),
            evidence=alike.stored_evidence,
        )
        DuplicateCase.objects.bulk_create([new], ignore_conflicts=True)
        if case := _locked(first, second):
            break
    else:
        raise RuntimeError("no free reference")
    if case.reference == reference:
        DuplicateCaseEvent.objects.create(case=case, step=FIND, state=case.state)
    elif case.state == State.ENDED:
        case.state, case.found_at = State.WAITING, timezone.now()
        DuplicateCaseEvent.objects.create(case=case, step=FIND_AGAIN, state=case.state)
    return case if case.is_open else None


def pass_on(pair: Pair) -> None:
    """What was decided to be another person than the merged record is another one than the record that
    remains; what waits, waits for that one, unless it is compared with it already."""
    rows = DuplicateCase.objects.select_for_update(no_key=True).order_by("pk")
    named = rows.filter(Q(first=pair.merged) | Q(second=pair.merged))
    for case in named.exclude(Q(first=pair.kept) | Q(second=pair.kept)):
        other = case.second_id if case.first_id == pair.merged else case.first_id
        first, second = sorted((pair.kept, other))
        there = _locked(first, second)
        if case.is_open and there is None:
            _write(case, first_id=first, second_id=second)
        elif case.is_open:
            _write(case, state=State.ENDED, assignee_id=None)
        elif case.state == State.DIFFERENT:
            decided = {
                "state": State.DIFFERENT,
                "decided_by_id": case.decided_by_id,
                "decided_at": case.decided_at,
            }
            if there is None:
                _write(_new(first, second, weight=case.weight), **decided)
            elif there.is_open:
                _write(there, assignee_id=None, **decided)


def cases_of(persons: Collection[int]) -> QuerySet[DuplicateCase]:
    """About any of them, also with somebody else."""
    some = numbers_in(persons)
    return DuplicateCase.objects.filter(Q(first__in=some) | Q(second__in=some))


def touched_by_people(cases: QuerySet[DuplicateCase]) -> QuerySet[DuplicateCase]:
    """Decided, answered, proposed or assigned: more than what comparing records writes."""
    steps = DuplicateCaseEvent.objects.filter(case=OuterRef("pk"), actor__isnull=False)
    decided = ~Q(decided_by=None) | ~Q(answered_by=None) | ~Q(proposal=None) | ~Q(assignee=None)
    return cases.filter(decided | Exists(steps))


def _locked(first: int, second: int) -> DuplicateCase | None:
    rows = DuplicateCase.objects.select_for_update(no_key=True)
    return rows.filter(first=first, second=second).first()


def _new(first: int, second: int, *, weight: float) -> DuplicateCase:
    def save() -> DuplicateCase:
        return DuplicateCase.objects.create(
            reference=new_reference("D"), first_id=first, second_id=second, weight=weight
        )

    return save_with_new_number(save, "registry_duplicatecase_reference_key")


def _write(case: DuplicateCase, **values: object) -> None:
    DuplicateCase.objects.filter(pk=case.pk).update(version=F("version") + 1, **values)

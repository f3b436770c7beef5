"""What was decided about pairs of records, once one of them is an alias of another."""

from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.database.arrays import numbers_in
from dsp_platform.database.references import new_reference, save_with_new_number
from registry.merging.contract import Pair
from registry.models import DuplicateCase, DuplicateCaseEvent, Person

State = DuplicateCase.State


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

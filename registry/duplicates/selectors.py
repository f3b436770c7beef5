"""Who sees which pair of records. Fails closed."""

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.database.arrays import numbers_in
from registry.merging.concerned import persons_concerned
from registry.merging.contract import Pair
from registry.models import DuplicateCase, DuplicateCaseEvent, Merge, Person

PREFIX = "D"


WITH = (
    "first__village", "second__village", "proposal",
    "first__registered_by", "second__registered_by", "answered_by",
)  # fmt: skip
"""What a list asks of each."""


def queue_of(user: User) -> QuerySet[DuplicateCase]:
    """Of stewards."""
    if not (user.is_active and user.is_steward):
        return DuplicateCase.objects.none()
    return DuplicateCase.objects.select_related(*WITH)


def asked_of(user: User) -> QuerySet[DuplicateCase]:
    """Cases in which the commune of this official is asked, the oldest first."""
    if not (user.is_active and user.is_official and user.area_code):
        return DuplicateCase.objects.none()
    rows = DuplicateCase.objects.filter(
        state=DuplicateCase.State.ASKED, village__code__startswith=user.area_code
    )
    return rows.select_related(*WITH).order_by("found_at", "pk")


def cases_of(persons: Collection[int]) -> QuerySet[DuplicateCase]:
    """About any of them, also with somebody else."""
    some = numbers_in(persons)
    return DuplicateCase.objects.filter(Q(first__in=some) | Q(second__in=some))


def held_back(persons: Collection[int]) -> dict[int, str]:
    """Of them those to whom a source gave the number of somebody else, with the state of the case: open, or
    decided that they are two. Whoever has several is held back until all are decided.

    Also by a record that became an alias of theirs.
    """
    aliases = Person.objects.filter(merged_into__in=numbers_in(persons)).values_list("pk", "merged_into")
    remaining = {pk: pk for pk in persons} | {pk: into for pk, into in aliases if into}
    states = (*DuplicateCase.OPEN_STATES, DuplicateCase.State.DIFFERENT)
    cases = DuplicateCase.objects.filter(held_back__in=numbers_in(remaining), state__in=states)
    found: dict[int, str] = {}
    for pk, state in cases.values_list("held_back", "state"):
        person = remaining[pk]
        if found.get(person) not in DuplicateCase.OPEN_STATES:
            found[person] = state
    return found


def touched_by_people(cases: QuerySet[DuplicateCase]) -> QuerySet[DuplicateCase]:
    """Decided, answered, proposed or assigned: more than what comparing records writes."""
    steps = DuplicateCaseEvent.objects.filter(case=OuterRef("pk"), actor__isnull=False)
    decided = ~Q(decided_by=None) | ~Q(answered_by=None) | ~Q(proposal=None) | ~Q(assignee=None)
    return cases.filter(decided | Exists(steps))


def merge_of(case: DuplicateCase) -> Merge | None:
    """The last one of the two, also an undone one."""
    both = (case.first_id, case.second_id)
    return Merge.objects.filter(kept__in=both, merged__in=both).defer("snapshot").order_by("-pk").first()


def was_asked_of(user: User, reference: str | None) -> DuplicateCase | None:
    """A case in which the commune of this official was asked, and which waits for them no more."""
    if not (reference and user.is_active and user.is_official and user.area_code):
        return None
    rows = DuplicateCase.objects.exclude(state=DuplicateCase.State.ASKED)
    return rows.filter(reference=reference, village__code__startswith=user.area_code).first()


def concerned_by(cases: Iterable[DuplicateCase]) -> dict[int, set[int]]:
    """By case: both persons and the members of both households."""
    return persons_concerned({one.pk: Pair(one.first_id, one.second_id) for one in cases})

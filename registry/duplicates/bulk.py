"""Merging identical records in one go: shown first with their number, examples and what is left and why, then
each as if alone, a few at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from registry.duplicates.deciders import duplicate_deciders
from registry.duplicates.identical import identical
from registry.duplicates.remaining import suggested_home, suggested_of
from registry.duplicates.services import decide_case, versions_of
from registry.duplicates.workflow import SAME, STEPS, duplicate_workflow
from registry.merging.fields import differences
from registry.merging.rules import why_not, why_second_person
from registry.merging.services import locked
from registry.models import DuplicateCase

EXAMPLES = 5
MOST = 5
"""Merged by one press of the button: a page is answered within seconds."""
TICKED = 100
"""Looked at in one go: whether they are identical, in a few queries for all. What else speaks against it is
asked of the few that are merged at this press."""

BESIDE = ("first__village", "second__village", "proposal")


@dataclass(frozen=True, slots=True)
class Left:
    """What is not merged in one go, and why."""

    case: DuplicateCase
    why: str


@dataclass(slots=True)
class Checked:
    """``cases`` in the order in which they are merged at this press: heads of households after those who live
    with them. ``later``: identical as well, asked of at the next press."""

    cases: list[DuplicateCase] = field(default_factory=list)
    later: list[DuplicateCase] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def checked(ticked: Sequence[int], *, actor: User) -> Checked:
    """Which of them hold identical records that this steward may decide alone, and why the others do not."""
    rows = DuplicateCase.objects.filter(pk__in=ticked)
    same = set(identical(rows).values_list("pk", flat=True))
    cases = list(rows.select_related(*BESIDE).order_by("pk"))
    barred = duplicate_deciders.barred_among(actor, [one for one in cases if one.is_open])
    found, waiting = Checked(), []
    for case in cases:
        if why := _why_left(case, actor, is_barred=case.pk in barred, is_identical=case.pk in same):
            found.left.append(Left(case, why))
        else:
            waiting.append(case)
    _in_order(found, waiting)
    return found


def _why_left(case: DuplicateCase, actor: User, *, is_barred: bool, is_identical: bool) -> str:
    """Without a query for a pair that waits and is the steward's to decide."""
    is_closed_to = is_barred or case.waits_for_second
    barred = duplicate_deciders.why_barred(actor, case) if is_closed_to else None
    return str(barred or "") or _why_not_identical(case, is_identical)


def _in_order(found: Checked, waiting: list[DuplicateCase]) -> None:
    """Whoever leads a household can leave it once the others of it, who are doubles too, have left."""
    leaving: set[int] = set()
    while waiting:
        kept_back: list[Left] = []
        for place, case in enumerate(waiting):
            if len(found.cases) == MOST:
                found.later = [*(one.case for one in kept_back), *waiting[place:]]
                return
            if leaving & {case.first_id, case.second_id}:
                why = _("It is decided with another one of these pairs, which merges one of the two records.")
                found.left.append(Left(case, why))
            elif why := _why_not(case, leaving):
                kept_back.append(Left(case, why))
            elif why := _why_second(case, leaving):
                found.left.append(Left(case, why))
            else:
                found.cases.append(case)
                leaving.add(suggested_of(case)[1].pk)
        if len(kept_back) == len(waiting):
            found.left += kept_back
            return
        waiting = [one.case for one in kept_back]


def _why_not_identical(case: DuplicateCase, is_identical: bool) -> str:
    if case.state != DuplicateCase.State.WAITING:
        last = case.events.last()
        return str(STEPS[last.step].title if last else case.get_state_display())
    if case.answer == DuplicateCase.Answer.DIFFERENT:
        return _("An official says that they are two persons.")
    if is_identical:
        return ""
    if differing := [one.label for one in differences(case.first, case.second)]:
        return _("They differ: %(what)s.") % {"what": _listed(differing)}
    return _(
        "They are not identical: names, full date of birth, sex and phone have to be the same, and the "
        "village or a document, and neither has an account or an enrolment."
    )


def _why_second(case: DuplicateCase, leaving: Collection[int] = ()) -> str:
    kept, merged = suggested_of(case)
    if second := why_second_person(kept, merged, suggested_home(kept, merged, leaving)):
        return _("A second steward approves it, because it concerns: %(what)s.") % {"what": _listed(second)}
    return ""


def _listed(words: Iterable[object]) -> str:
    return "; ".join(map(str, words))


def _why_not(case: DuplicateCase, leaving: Collection[int]) -> str:
    kept, merged = suggested_of(case)
    return str(why_not(kept, merged, suggested_home(kept, merged, leaving), leaving))


def shown_of(found: Checked) -> list[object]:
    """What a page shows of them, for its digest."""
    cases = [[one.pk, one.version, versions_of(one)] for one in found.cases]
    return [cases, len(found.later), [[one.case.pk, one.why] for one in found.left]]


@dataclass(slots=True)
class Outcome:
    merged: int = 0
    refused: list[Left] = field(default_factory=list)


def merge_identical(cases: Sequence[DuplicateCase], *, actor: User) -> Outcome:
    """Each in its own transaction, and in the audit by itself. One that cannot be merged stops no other."""
    outcome = Outcome()
    for case in cases:
        try:
            with refusals_recorded(actor, "duplicatecase", case.pk), transaction.atomic():
                _merge(case, actor)
            outcome.merged += 1
        except StepRefused as error:
            outcome.refused.append(Left(case, str(error)))
    return outcome


def _merge(case: DuplicateCase, actor: User) -> None:
    # The one before may have changed this one or touched its records, and the records are compared anew
    # meanwhile: what is decided is what stands here now.
    locked(case.first, case.second)
    case = duplicate_workflow.lock(case)
    is_identical = identical(DuplicateCase.objects.filter(pk=case.pk)).exists()
    if why := _why_not_identical(case, is_identical) or _why_second(case):
        raise Overtaken(why)
    decide_case(
        case=case,
        step=SAME,
        actor=actor,
        expected_version=case.version,
        versions=versions_of(case),
        note=_("Identical records, merged in one go"),
        kept=suggested_of(case)[0].pk,
    )

"""Merging identical records in one go: shown with their number and examples first, then each as if alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import Overtaken, StepRefused
from dsp_platform.casework.refusals import refusals_recorded
from registry.duplicates import workflow
from registry.duplicates.deciders import duplicate_deciders
from registry.duplicates.identical import identical
from registry.duplicates.remaining import suggested_home, suggested_of
from registry.duplicates.services import decide_case, versions_of
from registry.merging.rules import needs_second_person
from registry.models import DuplicateCase

EXAMPLES = 5
MOST = 100
"""In one go: a page is answered within seconds."""


def mergeable(cases: Sequence[int], *, actor: User) -> list[DuplicateCase]:
    """Those of them that hold identical records, and that this steward may decide alone; the first of very
    many."""
    rows = identical(DuplicateCase.objects.filter(pk__in=cases))
    found = rows.select_related("first__village", "second__village", "proposal").order_by("pk")
    return [
        one
        for one in found[:MOST]
        if duplicate_deciders.why_barred(actor, one) is None and not _takes_two(one)
    ]


def _takes_two(case: DuplicateCase) -> bool:
    kept, merged = suggested_of(case)
    return needs_second_person(kept, merged, suggested_home(kept, merged))


def shown_of(cases: Sequence[DuplicateCase]) -> list[list[object]]:
    """What a page shows of them, for its digest."""
    return [[one.pk, one.version, versions_of(one)] for one in cases]


@dataclass(slots=True)
class Outcome:
    merged: int = 0
    refused: list[DuplicateCase] = field(default_factory=list)


def merge_identical(cases: Sequence[DuplicateCase], *, actor: User) -> Outcome:
    """Each in its own transaction, and in the audit by itself. One that cannot be merged stops no other."""
    outcome = Outcome()
    for case in cases:
        try:
            with refusals_recorded(actor, "duplicatecase", case.pk), transaction.atomic():
                # Decided one after the other: the one before may have changed this one.
                if not identical(DuplicateCase.objects.filter(pk=case.pk)).exists() or _takes_two(case):
                    raise Overtaken
                decide_case(
                    case=case,
                    step=workflow.SAME,
                    actor=actor,
                    expected_version=case.version,
                    versions=versions_of(case),
                    note=_("Identical records, merged in one go"),
                    kept=suggested_of(case)[0].pk,
                )
            outcome.merged += 1
        except StepRefused:
            outcome.refused.append(case)
    return outcome

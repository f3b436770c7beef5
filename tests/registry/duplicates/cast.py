"""Sokha is registered twice: once in Ou Thum with her daughter, once in Bat Trang, alone."""

from collections.abc import Mapping
from typing import Any

from dsp_platform.accounts.models import User
from registry.duplicates.pairs import note_pairs
from registry.duplicates.services import decide_case, versions_of
from registry.matching.records import Evidence, Match, Outcome
from registry.models import DuplicateCase, Person

EVIDENCE = (
    Evidence("given_name", "same", 7.6),
    Evidence("birth", "day", 14.1),
    Evidence("village", "other", -4.2),
)


def match(person: Person, weight: float = 14.0, evidence: tuple[Evidence, ...] = EVIDENCE) -> Match:
    return Match(person.pk, weight, Outcome.LIKELY, evidence)


def case_of(one: Person, other: Person) -> DuplicateCase:
    note_pairs({one.pk: [match(other)]})
    return DuplicateCase.objects.get(first=min(one.pk, other.pk), second=max(one.pk, other.pk))


def decide(case: DuplicateCase, step: str, actor: User, **changes: Any) -> DuplicateCase:
    """As the page would send it that shows the case as it is now."""
    case.refresh_from_db()
    sent: Mapping[str, Any] = {
        "expected_version": case.version,
        "versions": versions_of(case),
        "kept": case.first_id,
        **changes,
    }
    return decide_case(case=case, step=step, actor=actor, **sent)


def steps_of(case: DuplicateCase) -> list[str]:
    return list(case.events.values_list("step", flat=True))

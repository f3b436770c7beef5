"""Households as a source has them: what cannot be of their members."""

from collections import defaultdict
from collections.abc import Sequence

from django.utils import timezone

from registry.imports.findings import Finding
from registry.imports.staged import StagedPerson
from registry.persons.plausible import household_findings, last_of
from registry.plausibility.situation import Member


def implausible(persons: Sequence[StagedPerson]) -> dict[int, list[Finding]]:
    """By place in the list. Members of a household that stand apart in the file are judged apart."""
    households: dict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(persons):
        if person.household and person.born and person.relationship:
            households[person.household].append(place)
    found: dict[int, list[Finding]] = defaultdict(list)
    today = timezone.localdate()
    for places in households.values():
        members = [_member(place, persons[place]) for place in places]
        for one in household_findings(members, today):
            last = last_of(one)
            code = "implausible" if one.is_impossible else "unusual"
            found[places[0] if last is None else last].append(Finding(code, "", {"rule": one.rule.code}))
    return found


def _member(place: int, person: StagedPerson) -> Member:
    assert person.born is not None  # noqa: S101  # asked by the caller
    name = " ".join(filter(None, (person.family_name, person.given_name)))
    return Member(
        key=str(place), name=name, born=person.born, relationship=person.relationship, sex=person.sex
    )

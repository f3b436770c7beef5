"""Households as a source has them: what cannot be of their members."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from registry.imports.findings import Finding
from registry.imports.planning.filling import born_of
from registry.imports.staging.preparing import Prepared
from registry.models import Membership, Person, StagedRow
from registry.persons.plausible import household_findings, last_of
from registry.persons.validation import MEMBERS
from registry.plausibility.findings import new_findings, refused
from registry.plausibility.situation import Member, judged_as, recorded

FACTS = ("born", "sex")
Joining = tuple[int, int, str]
"""A household, who joins it, and how they are related to its head."""


def implausible(
    persons: Sequence[Prepared], earlier: Mapping[str, Sequence[Member]]
) -> dict[int, list[Finding]]:
    """By place in the list. ``earlier``: by household, members who stood in the file before."""
    households: dict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(persons):
        if person.household and person.born and person.relationship:
            households[person.household].append(place)
    found: dict[int, list[Finding]] = defaultdict(list)
    today = timezone.localdate()
    for places in households.values():
        before = earlier.get(persons[places[0]].household, ())
        if len(before) + len(places) > MEMBERS:
            continue  # no household: it is told once all rows are read
        members = [*before, *(_member(place, persons[place]) for place in places)]
        for one in household_findings(members, today):
            last = last_of(one)
            if last is not None and last < 0:
                continue  # found when those were read
            code = "implausible" if one.is_impossible else "unusual"
            found[places[0] if last is None else last].append(Finding(code, "", {"rule": one.rule.code}))
    return found


def earlier_members(rows: Iterable[StagedRow]) -> dict[str, list[Member]]:
    """By household. Their keys are below those of all who stand in a list."""
    found: dict[str, list[Member]] = defaultdict(list)
    for row in rows:
        born = born_of(row)
        if born and row.relationship:
            name = " ".join(filter(None, (row.family_name, row.given_name)))
            found[row.household].append(
                Member(key=str(-row.number), name=name, born=born, relationship=row.relationship, sex=row.sex)
            )
    return found


def misfits(joining: Iterable[Joining], newcomers: Mapping[int, Member] | None = None) -> dict[int, str]:
    """By person who cannot live in a household of the registry, the code of the rule that speaks against it.

    Each is judged with those who live there and with those before them in the list. What is rare is noted of
    the file. A head is the one whom the file names, and is judged with its members only there.

    ``newcomers``: those of them who are not registered yet.
    """
    newcomers = newcomers or {}
    rows = list(joining)
    lives = _lives({household for household, _person, _how in rows})
    persons = Person.objects.in_bulk({person for _household, person, _how in rows})
    situations = {household: recorded(lives.get(household, ())) for household, _person, _how in rows}
    found: dict[int, str] = {}
    for household, pk, how in rows:
        before = situations[household]
        newcomer = newcomers.get(pk) or judged_as(persons[pk], how)
        after = replace(before, members=(*before.members, newcomer))
        against = refused(new_findings(before, after)) if how != Membership.Relationship.HEAD else []
        if against:
            found[pk] = against[0].rule.code
        else:
            situations[household] = after
    return found


def _member(place: int, person: Prepared) -> Member:
    assert person.born is not None  # noqa: S101  # asked by the caller
    name = " ".join(filter(None, (person.family_name, person.given_name)))
    return Member(
        key=str(place), name=name, born=person.born, relationship=person.relationship, sex=person.sex
    )


def contradicting(told: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """``told``: by person, what is to be written. Who cannot live where they live by the date of birth or the
    sex in it."""
    facts = {pk: {name: values[name] for name in FACTS if name in values} for pk, values in told.items()}
    facts = {pk: values for pk, values in facts.items() if values}
    if not facts:
        return set()
    homes = Membership.objects.current().filter(person__in=facts).values("household")
    found: set[int] = set()
    for members in _lives(homes).values():
        before = recorded(members)
        for one in members:
            values = facts.get(one.person_id, {})
            key = one.person.spid
            changed = (replace(each, **values) if each.key == key else each for each in before.members)
            after = replace(before, members=tuple(changed))
            if refused(new_findings(before, after)):
                found.add(one.person_id)
            else:
                before = after
    return found


def _lives(households: Any) -> dict[int, list[Membership]]:
    """By household, the members of today."""
    found: dict[int, list[Membership]] = defaultdict(list)
    members = Membership.objects.current().filter(household__in=households)
    for one in members.select_related("person").order_by("pk"):
        found[one.household_id].append(one)
    return found

"""The values of all facts of a person."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.utils import timezone

from registry.facts.fact import Members
from registry.facts.table import FACTS
from registry.models import Household, Membership, Person
from registry.rules.names import Known


def facts_of(persons: Collection[int]) -> dict[int, Known]:
    """By person: two queries for any number of them. Ids of no person are left out."""
    today = timezone.localdate()
    found = Person.objects.in_bulk(persons)
    memberships = Membership.objects.together_with(persons)
    households: dict[int, list[Membership]] = defaultdict(list)
    for membership in memberships.select_related("person", "household"):
        households[membership.household_id].append(membership)
    facts = {pk: _of_person(person, today) for pk, person in found.items()}
    for members in households.values():
        shared = _of_members(members[0].household, [member.person for member in members], today)
        for member in members:
            if member.person_id in facts:
                facts[member.person_id] |= shared | _of_membership(member)
    return facts


def facts_from(person: Person, household: Household | None, members: Collection[Membership]) -> Known:
    """Of a person whose household is read already, as on most pages."""
    today = timezone.localdate()
    facts = _of_person(person, today)
    if household is not None:
        facts |= _of_members(household, [member.person for member in members], today)
        facts |= _of_membership(next(member for member in members if member.person_id == person.pk))
    return facts


def _of_person(person: Person, today: date) -> Known:
    return {fact.name: fact.of_person(person, today) if fact.of_person else None for fact in FACTS.values()}


def _of_members(household: Household, persons: list[Person], today: date) -> Known:
    members = Members.of(household, persons, today)
    return {fact.name: fact.of_members(members) for fact in FACTS.values() if fact.of_members}


def _of_membership(membership: Membership) -> Known:
    return {fact.name: fact.of_membership(membership) for fact in FACTS.values() if fact.of_membership}

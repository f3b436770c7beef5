"""What is known of persons, as rules name it. None is "not known", which is not "no"."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from django.utils import timezone

from registry.models import Household, Membership, Person
from registry.persons.ages import full_years
from registry.persons.circumstances import DIFFICULTIES
from registry.rules.names import TYPES, Value

Known = dict[str, Value | None]

# The Washington Group short set is asked from the age of five, and counts from "a lot of difficulty" on.
_ASKED_FROM = 5
_COUNTS_FROM = Person.Difficulty.A_LOT


def facts_of(persons: Collection[int]) -> dict[int, Known]:
    """By person: two queries for any number of them. Those that do not exist are left out."""
    today = timezone.localdate()
    found = Person.objects.in_bulk(persons)
    memberships = Membership.objects.filter(ended_on=None)
    of_persons = memberships.filter(person__in=persons).values("household_id")
    households: dict[int, list[Membership]] = defaultdict(list)
    for membership in memberships.filter(household__in=of_persons).select_related("person", "household"):
        households[membership.household_id].append(membership)
    facts = {pk: _own_facts(person, today) for pk, person in found.items()}
    for members in households.values():
        shared = _household_facts(members[0].household, [member.person for member in members], today)
        for member in members:
            if member.person_id in facts:
                is_head = member.relationship == Membership.Relationship.HEAD
                facts[member.person_id] |= shared | {"is_head": is_head}
    return facts


def facts_from(person: Person, household: Household | None, members: Collection[Membership]) -> Known:
    """Of a person whose household is read already, as on most pages."""
    today = timezone.localdate()
    facts = _own_facts(person, today)
    if household is not None:
        facts |= _household_facts(household, [member.person for member in members], today)
        own = next(member for member in members if member.person_id == person.pk)
        facts["is_head"] = own.relationship == Membership.Relationship.HEAD
    return facts


def disability(person: Person) -> bool | None:
    """Identified officially, or by the Washington Group's six questions; None while neither decides."""
    if person.disability_level:
        return True
    answers = [getattr(person, question) for question in DIFFICULTIES]
    if any(answer is not None and answer >= _COUNTS_FROM for answer in answers):
        return True
    return None if None in answers else False


def poverty_level(household: Household | None, today: date) -> str | None:
    """The level IDPoor reported, as long as it is valid."""
    if household is None or not household.poverty_level:
        return None
    if household.poverty_valid_to and household.poverty_valid_to < today:
        return None
    return household.poverty_level


def _own_facts(person: Person, today: date) -> Known:
    male = person.sex == Person.Sex.MALE
    return {
        **dict.fromkeys(TYPES),
        "age": full_years(person.date_of_birth, today),
        "sex": person.sex,
        "pregnant": False if male else person.pregnant,
        "disability": disability(person),
        "studying": person.studying,
        "working": person.working,
        "province_code": person.village_id[:2],
    }


def _household_facts(household: Household, members: list[Person], today: date) -> Known:
    ages = [full_years(member.date_of_birth, today) for member in members]
    return {
        "poverty_level": poverty_level(household, today),
        "household_size": len(members),
        "children_under_2": sum(age < 2 for age in ages),
        "children_under_18": sum(age < 18 for age in ages),
        "elders_60": sum(age >= 60 for age in ages),
        "disabled_in_household": _disabled(zip(members, ages, strict=True)),
    }


def _disabled(members: Iterable[tuple[Person, int]]) -> int | None:
    """Those known to be; not known only when none is known and somebody was not asked who could be."""
    known = [disability(member) for member, age in members if age >= _ASKED_FROM or disability(member)]
    return known.count(True) or (None if None in known else 0)

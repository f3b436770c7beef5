"""Whom it concerns that two records become one, or two again: both, and the members of each household in
which either lives, or to which one of them would come back.

One set for every question about it: who may decide, propose, approve, and who reads the page.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from dsp_platform.accounts.models import User
from dsp_platform.translations.label import Label
from registry.merging.contract import Pair
from registry.models import Membership, Person
from registry.persons.conflicts import conflict_of_interest, personal_conflict

Key = TypeVar("Key", bound=Hashable)


def persons_concerned(pairs: Mapping[Key, Pair]) -> dict[Key, set[int]]:
    """By pair, keys of persons. ``Pair.households`` are those to which one of the two would come back."""
    both = {pk for pair in pairs.values() for pk in pair.both}
    lives = Membership.objects.current().filter(person__in=both)
    homes = dict(lives.values_list("person", "household"))
    households = {*homes.values(), *(pk for pair in pairs.values() for pk in pair.households)}
    members: dict[int, set[int]] = {}
    rows = Membership.objects.current().filter(household__in=households)
    for household, person in rows.values_list("household", "person"):
        members.setdefault(household, set()).add(person)
    found = {}
    for key, pair in pairs.items():
        where = {*pair.households, *(homes[pk] for pk in pair.both if pk in homes)}
        found[key] = {*pair.both}.union(*(members.get(household, ()) for household in where))
    return found


def conflict(user: User, pair: Pair) -> Label:
    """Why this member of staff decides nothing about the two; "" where they may."""
    return conflict_of_interest(user, *_persons(pair))


def why_unread(user: User, pair: Pair) -> Label:
    """Why they read nothing of it; "" where they may."""
    return personal_conflict(user, *_persons(pair))


def _persons(pair: Pair) -> list[Person]:
    found = persons_concerned({None: pair})[None]
    return list(Person.objects.filter(pk__in=found).select_related("account"))

from collections.abc import Callable, Iterable
from datetime import date

import pghistory
from django.db import transaction
from django.db.models import F

from dsp_platform.exchange.ledger import services as exchange
from registry.models import Household, Person

Follower = Callable[[Household], None]
PersonFollower = Callable[[Person], None]
_followers: list[Follower] = []
_person_followers: list[PersonFollower] = []


def register_follower(follower: Follower) -> None:
    """Records of other domains rest on the household's consents too: they are announced along with it."""
    if follower not in _followers:
        _followers.append(follower)


def register_person_follower(follower: PersonFollower) -> None:
    """The same for one person who belongs to no household any more."""
    if follower not in _person_followers:
        _person_followers.append(follower)


def announce_household(household: Household) -> None:
    """Tell the exchange that operators must hold the household and its members as they are now."""
    with transaction.atomic():
        members = Person.objects.filter(memberships__household=household, memberships__ended_on=None)
        announce_rows(household, members.values_list("pk", "version"))
        for follower in _followers:
            follower(household)


def announce_rows(household: Household, members: Iterable[tuple[int, int]]) -> None:
    exchange.announce(kind="person", subjects=list(members))
    exchange.announce(kind="household", subjects=[(household.pk, household.version)])


def locked(household: Household) -> Household:
    """The household as it is now, held until the transaction ends."""
    return Household.objects.select_for_update(no_key=True).get(pk=household.pk)


def touch(household: Household) -> None:
    """A new version of the household and, as their records carry its facts, of its members."""
    Household.objects.filter(pk=household.pk).update(version=F("version") + 1)
    Person.objects.filter(memberships__household=household, memberships__ended_on=None).update(
        version=F("version") + 1
    )
    household.refresh_from_db(fields=["version"])
    announce_household(household)


def touch_person(person: Person) -> None:
    """A new version of somebody who left every household: nobody's consent covers them any more."""
    Person.objects.filter(pk=person.pk).update(version=F("version") + 1)
    person.refresh_from_db(fields=["version"])
    exchange.announce(kind="person", subjects=[(person.pk, person.version)])
    for follower in _person_followers:
        follower(person)


def touch_merged(duplicate: Person) -> None:
    """Of a record that was just merged: it is withdrawn under its number, and the one that stays is sent."""
    if duplicate.merged_into is None:
        raise ValueError("not merged into anybody")
    touch_person(duplicate)
    touch_person(duplicate.merged_into)


def set_poverty_level(*, household: Household, level: str, valid_to: date | None) -> Household:
    """Keep the level IDPoor reports; telling it twice changes nothing. ValueError for no such level."""
    if level not in Household.PovertyLevel.values:
        raise ValueError(f"no poverty level: {level}")
    with transaction.atomic(), pghistory.context(why="set_poverty_level"):
        household = locked(household)
        if (household.poverty_level, household.poverty_valid_to) != (level, valid_to):
            household.poverty_level, household.poverty_valid_to = level, valid_to
            household.save(update_fields=["poverty_level", "poverty_valid_to"])
            touch(household)
        return household

"""What operators are told of households and persons that were written, with what rests on them."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

from dsp_platform.exchange.ledger import services as exchange
from registry.models import Household, Person, lives_in

_household_followers: list[Callable[[Household], None]] = []
_person_followers: list[Callable[[Person], None]] = []


def register_followers(
    *, household: Sequence[Callable[[Household], None]] = (), person: Sequence[Callable[[Person], None]] = ()
) -> None:
    """Records of other domains rest on the household's consents too: they are announced along with it.

    Those of ``person`` are called for somebody who belongs to no household any more.
    """
    _household_followers.extend(household)
    _person_followers.extend(person)


_together: ContextVar[dict[int, Household] | None] = ContextVar("announced_together", default=None)


@contextmanager
def announced_together() -> Iterator[None]:
    """Households that are announced within, in a transaction, are so once, at its end."""
    waiting: dict[int, Household] = {}
    token = _together.set(waiting)
    try:
        yield
    finally:
        _together.reset(token)
    for household in waiting.values():
        announce_household(household)


def announce_household(household: Household) -> None:
    """Operators must hold the household and its members as they are now."""
    waiting = _together.get()
    if waiting is not None:
        waiting[household.pk] = household
        return
    with transaction.atomic(savepoint=False):
        announce_households([household.pk])
        for follower in _household_followers:
            follower(household)


def announce_households(households: Collection[int]) -> None:
    """The same without what rests on their consents."""
    members = Person.objects.filter(lives_in(households))
    exchange.announce(kind="person", subjects=list(members.values_list("pk", "version")))
    rows = Household.objects.filter(pk__in=households)
    exchange.announce(kind="household", subjects=list(rows.values_list("pk", "version")))


def announce_new(households: Collection[tuple[Household, Sequence[Person]]]) -> None:
    """Of new people only: no record of another domain rests on them yet."""
    persons = [(one.pk, one.version) for _, members in households for one in members]
    homes = [(household.pk, household.version) for household, _ in households]
    exchange.announce_new({"person": persons, "household": homes})


def announce_alone(person: Person) -> None:
    """Of somebody who belongs to no household any more."""
    exchange.announce(kind="person", subjects=[(person.pk, person.version)])
    for follower in _person_followers:
        follower(person)

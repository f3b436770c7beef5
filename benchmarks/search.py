"""A search of staff by each kind of key, and the matching of one newcomer, at a tenth of the size and at the
size: what it takes must not grow with the registry."""

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.conf import settings

from benchmarks import _registry
from benchmarks._slips import told_again
from benchmarks.matching import records
from benchmarks.population import COLUMNS, Entry, population
from dsp_platform.accounts.models import User
from registry.matching.records import MatchRecord
from registry.matching.search import matches_of
from registry.models import IdentityDocument, Lookup, Person
from registry.persons import lookups
from registry.persons.services import search_persons

SIZE = 100_000
ASKED = 200
Ask = Callable[[], object]


def run(size: int) -> dict[str, Any]:
    lookups.SEARCHES_A_DAY = 10**9
    small = _measured(size // 10)
    large = _measured(size)
    found: dict[str, Any] = {}
    for kind, (p50, p95) in large.items():
        found |= {f"{kind}_p50_ms": p50, f"{kind}_p95_ms": p95}
        found |= {f"{kind}_small_p95_ms": small[kind][1], f"{kind}_growth": p95 / small[kind][1]}
    return found


def _measured(size: int) -> dict[str, tuple[float, float]]:
    _registry.use_filled(size)
    Lookup.objects.all().delete()  # those of an earlier run
    chance = random.Random(size)
    people = list(
        Person.objects.filter(pk__in=[chance.randint(1, size) for _ in range(3 * ASKED)]).select_related(
            "village"
        )[:ASKED]
    )
    numbers = dict(
        IdentityDocument.objects.filter(person__in=people).values_list("person", "number").order_by("pk")
    )
    steward = _staff("steward", role="steward")
    clerks = {code: _clerk(code) for code in {one.village_id[:6] for one in people}}
    return {kind: _times(asks) for kind, asks in _asks(people, numbers, clerks, steward, size)}


def _asks(
    people: list[Person], numbers: dict[int, str], clerks: dict[str, User], steward: User, size: int
) -> Iterator[tuple[str, list[Ask]]]:
    """By kind of key."""

    def search(user: User, query: str, place: str = "") -> Ask:
        return lambda: search_persons(official=user, query=query, place=place)

    def clerk(person: Person) -> User:
        return clerks[person.village_id[:6]]

    yield "spid", [search(steward, one.spid) for one in people]
    yield "document", [search(steward, numbers[one.pk]) for one in people if one.pk in numbers]
    yield "phone", [search(steward, one.phone) for one in people if one.phone]
    yield "name", [search(steward, one.name) for one in people]
    yield "surname", [search(steward, one.family_name) for one in people if len(one.family_name) > 2]
    yield "latin_name", [search(steward, one.latin_name) for one in people if one.latin_name]
    yield "name_in_village", [search(steward, one.name, one.village_id) for one in people]
    yield "name_in_own_area", [search(clerk(one), one.name) for one in people]
    yield "given_name_in_own_area", [search(clerk(one), one.given_name) for one in people]
    yield "newcomer", [lambda one=one: matches_of([one]) for one in _records(population(ASKED, seed=2))]
    yield "registered_again", [lambda one=one: matches_of([one]) for one in _records(_told_again(size))]


def _told_again(size: int) -> Iterator[Entry]:
    """Some who are registered, with the slips of another registration."""
    chance = random.Random(size)
    for one in islice(population(size, seed=1, doubles=0), ASKED):
        yield told_again(chance, one, household="", village=one.village_code, beside=[one])


def _records(entries: Iterable[Entry]) -> list[MatchRecord]:
    rows = [{column: str(getattr(one, column)) for column in COLUMNS} for one in entries]
    return records(rows)[1]


def _times(asks: list[Ask]) -> tuple[float, float]:
    """Milliseconds: the median, and what 95 of 100 take at most."""
    for ask in asks[:10]:
        ask()
    taken = []
    for ask in asks:
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def _clerk(commune: str) -> User:
    return _staff(f"clerk.{commune}", role="official", area_code=commune)


def _staff(username: str, **role: str) -> User:
    found = User.objects.filter(username=username).first()
    return found or User.objects.create_staff(username=username, password=settings.SECRET_KEY, **role)

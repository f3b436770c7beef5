"""Blocking keys: two records of one person have at least one in common, whatever one mistake was made in the
name, the birth or the place. Numbers, so that one index of PostgreSQL finds all who have any of them.

A key alone says nothing. Each is narrow enough that few persons have it: docs/reference/matching.md.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from registry.matching.features import Birth, Features
from registry.matching.records import MatchRecord

_COMMUNE = 6


def match_keys(record: MatchRecord) -> list[int]:
    """Ascending. Not of documents, which have an index of their own."""
    return keys_of(Features(record))


def keys_of(features: Features) -> list[int]:
    return sorted({_number(key) for key in _keys(features)})


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def _keys(one: Features) -> Iterator[str]:
    places = {code[:_COMMUNE] if len(code) > _COMMUNE else code for code in one.villages}
    parts = sorted({*one.family.sounds, *one.given.sounds})
    # Of both parts together, in any order, by each way to speak them.
    names = {"+".join(sorted((family, given))) for family in one.family.sounds for given in one.given.sounds}
    if not names:
        names = set(parts)
    for name in names:
        yield from (f"np|{name}|{place}" for place in places)
    yield from (f"gv|{part}|{village}" for part in one.given.sounds for village in one.villages)
    if one.birth is None:
        return
    birth = one.birth
    yield from (f"ny|{name}|{birth.year}" for name in names)
    yield from (f"yv|{part}|{birth.year}|{village}" for part in parts for village in one.villages)
    yield from (f"ty|{phone}|{birth.year}" for phone in one.phones)
    if birth.day:
        yield from _of_day(birth, names, parts, places)


def _of_day(birth: Birth, names: Iterable[str], parts: Iterable[str], places: Iterable[str]) -> Iterator[str]:
    yield from (f"bp|{birth.digits}|{place}" for place in places)
    if birth.is_usual:
        return
    yield from (f"bn|{birth.digits}|{part}" for part in parts)
    yield from (f"nd|{name}|{birth.digits[:4]}" for name in names)

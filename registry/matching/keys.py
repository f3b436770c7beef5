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


def name_keys_in(record: MatchRecord, years: Iterable[int]) -> list[int]:
    """By which whoever is called so is found, however it is spelled: by the whole name in the communes of
    the villages of ``record``, or by a given name alone in these villages. Without villages in the whole
    country, by the whole name and the years in which they may be born."""
    one = Features(record)
    names = _whole_names(one)
    if not one.villages:
        keys = {f"ny|{name}|{year}" for name in names for year in years}
    else:
        keys = {f"np|{name}|{place}" for name in names for place in _places(one)}
        if not one.family.sounds:
            keys |= {f"gv|{part}|{village}" for part in one.given.sounds for village in one.villages}
    return sorted(map(_number, keys))


def keys_of(features: Features) -> list[int]:
    return sorted({_number(key) for key in _keys(features)})


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def _keys(one: Features) -> Iterator[str]:
    places = _places(one)
    parts = sorted({*one.family.sounds, *one.given.sounds})
    names = _whole_names(one)
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


def _places(one: Features) -> set[str]:
    return {code[:_COMMUNE] if len(code) > _COMMUNE else code for code in one.villages}


def _whole_names(one: Features) -> set[str]:
    """Both parts together, in any order, by each way to speak them."""
    both = {"+".join(sorted((family, given))) for family in one.family.sounds for given in one.given.sounds}
    return both or {*one.family.sounds, *one.given.sounds}


def _of_day(birth: Birth, names: Iterable[str], parts: Iterable[str], places: Iterable[str]) -> Iterator[str]:
    yield from (f"bp|{birth.digits}|{place}" for place in places)
    if birth.is_usual:
        return
    yield from (f"bn|{birth.digits}|{part}" for part in parts)
    yield from (f"nd|{name}|{birth.digits[:4]}" for name in names)

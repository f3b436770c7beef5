"""Blocking keys: two records of one person have at least one in common, whatever one mistake was made in the
name, the birth or the place. Numbers, so that one index of PostgreSQL finds all who have any of them.

A key alone says nothing. Each is narrow enough that few persons have it: docs/reference/matching.md.
"""

from collections.abc import Iterable, Iterator
from hashlib import blake2b

from registry.matching.common_names import is_common_surname
from registry.matching.features import Birth, Features
from registry.matching.records import MatchRecord

_CODE, _COMMUNE, _DISTRICT = 8, 6, 4


def match_keys(record: MatchRecord) -> list[int]:
    """Ascending. Not of documents, which have an index of their own. With the whole name alone, which too
    many have for the matching of records: a search asks for it (``name_keys_in``)."""
    features = Features(record)
    names = (_number(f"n|{name}") for name in _whole_names(features))
    return sorted({*keys_of(features), *names})


def name_keys_in(record: MatchRecord) -> list[int]:
    """By which whoever is called so is found, however it is spelled: by the whole name in the districts of
    the villages of ``record``, or by a given name alone in these villages. Without villages by the whole name
    in the whole country."""
    one = Features(record)
    names = _whole_names(one)
    if not one.villages:
        keys = {f"n|{name}" for name in names}
    else:
        keys = {f"np|{name}|{district}" for name in names for district in _districts(one)}
        if not one.family.sounds:
            keys |= {f"gv|{part}|{village}" for part in one.given.sounds for village in one.villages}
    return sorted(map(_number, keys))


def keys_of(features: Features) -> list[int]:
    return sorted({_number(key) for key in _keys(features)})


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def _keys(one: Features) -> Iterator[str]:
    communes = {code[:_COMMUNE] if len(code) == _CODE else code for code in one.villages}
    districts = _districts(one)
    parts = sorted({*one.family.sounds, *one.given.sounds})
    names = _whole_names(one)
    for name in names:
        yield from (f"np|{name}|{district}" for district in districts)
    # A rare surname tells more than a common one.
    rare = [family for family in one.family.sounds if not is_common_surname(family)]
    yield from (f"fv|{family}|{village}" for family in rare for village in one.villages)
    if rare:
        yield from (f"fn|{name}" for name in names)
    initials = {given[:1] for given in one.given.sounds}
    yield from (
        f"fi|{family}|{initial}|{village}"
        for family in one.family.sounds
        for initial in initials
        for village in one.villages
    )
    yield from (f"gv|{part}|{village}" for part in one.given.sounds for village in one.villages)
    if one.birth is None:
        return
    birth = one.birth
    yield from (f"ny|{name}|{birth.year}" for name in names)
    yield from (f"yv|{part}|{birth.year}|{village}" for part in parts for village in one.villages)
    yield from (f"ty|{phone}|{birth.year}" for phone in one.phones)
    if birth.day:
        yield from _of_day(birth, names, parts, communes)


def _districts(one: Features) -> set[str]:
    return {code[:_DISTRICT] if len(code) == _CODE else code[: len(code) // 2] for code in one.villages}


def _whole_names(one: Features) -> set[str]:
    """Both parts together, in any order, by each way to speak them."""
    both = {"+".join(sorted((family, given))) for family in one.family.sounds for given in one.given.sounds}
    return both or {*one.family.sounds, *one.given.sounds}


def _of_day(
    birth: Birth, names: Iterable[str], parts: Iterable[str], communes: Iterable[str]
) -> Iterator[str]:
    yield from (f"bp|{birth.digits}|{commune}" for commune in communes)
    if birth.is_usual:
        return
    initials = "".join(sorted(part[:1] for part in parts))
    yield f"bi|{birth.digits}|{initials}"
    yield from (f"bn|{birth.digits}|{part}" for part in parts)
    yield from (f"nd|{name}|{birth.digits[:4]}" for name in names)

"""Blocking keys: two records of one person have at least one in common, whatever one mistake was made in the
name, the birth or the place. Numbers, so that one index of PostgreSQL finds all who have any of them.

A key alone says nothing. Each is narrow enough that few persons have it: docs/reference/matching.md.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b

from registry.matching.common_names import is_common_surname
from registry.matching.features import Birth, Features
from registry.matching.records import MatchRecord

_CODE, _COMMUNE, _DISTRICT = 8, 6, 4


def match_keys(record: MatchRecord) -> list[int]:
    """Ascending. Not of documents, which have an index of their own. With the whole name alone, which too
    many have for the matching of records: a search asks for it (``name_keys_in``)."""
    features = Features(record)
    return sorted([*keys_of(features), *names_alone(features)])


def names_alone(features: Features) -> list[int]:
    """The keys of somebody's whole name."""
    return _numbers(f"n|{name}" for name in _whole_names(features))


def name_keys_in(record: MatchRecord) -> list[int]:
    """By which whoever is called so is found, however it is spelled: by the whole name in the districts of
    the villages of ``record``, or by a given name alone in these villages. Without villages by the whole name
    in the whole country."""
    one = Features(record)
    names = _whole_names(one)
    if not one.villages:
        return names_alone(one)
    keys = [f"np|{name}|{district}" for name in names for district in _districts(one)]
    if not one.family.sounds:
        keys += [f"gv|{part}|{village}" for part in one.given.sounds for village in one.villages]
    return _numbers(keys)


def keys_of(features: Features) -> list[int]:
    """By which records are matched."""
    return _numbers(_keys(features))


def _numbers(keys: Iterable[str]) -> list[int]:
    from_bytes = int.from_bytes
    return sorted(
        {from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True) for key in keys}
    )


def _keys(one: Features) -> list[str]:
    """Lists, not generators: millions are made."""
    families, givens, birth = one.family.sounds, one.given.sounds, one.birth
    parts, names = {*families, *givens}, _whole_names(one)
    keys = [f"np|{name}|{district}" for district in _districts(one) for name in names]
    # A rare surname tells more than a common one.
    rare = [family for family in families if not is_common_surname(family)]
    if rare:
        keys += [f"fn|{name}" for name in names]
    initials = {given[:1] for given in givens}
    for village in one.villages:
        keys += [f"fv|{family}|{village}" for family in rare]
        keys += [f"fi|{family}|{initial}|{village}" for family in families for initial in initials]
        keys += [f"gv|{part}|{village}" for part in givens]
        if birth:
            keys += [f"yv|{part}|{birth.year}|{village}" for part in parts]
    if birth is None:
        return keys
    keys += [f"ny|{name}|{birth.year}" for name in names]
    keys += [f"ty|{phone}|{birth.year}" for phone in one.phones]
    if birth.day:
        keys += _of_day(one, birth, names, parts)
    return keys


def _districts(one: Features) -> set[str]:
    return {code[:_DISTRICT] if len(code) == _CODE else code[: len(code) // 2] for code in one.villages}


def _whole_names(one: Features) -> frozenset[str]:
    """Both parts together, in any order, by each way to speak them."""
    return _together(one.family.sounds, one.given.sounds)


@lru_cache(maxsize=10_000)  # asked twice of each record
def _together(families: Sequence[str], givens: Sequence[str]) -> frozenset[str]:
    both = frozenset("+".join(sorted((family, given))) for family in families for given in givens)
    return both or frozenset((*families, *givens))


def _of_day(one: Features, birth: Birth, names: Iterable[str], parts: Iterable[str]) -> list[str]:
    communes = {code[:_COMMUNE] if len(code) == _CODE else code for code in one.villages}
    keys = [f"bp|{birth.digits}|{commune}" for commune in communes]
    if birth.is_usual:
        return keys
    initials = "".join(sorted([part[:1] for part in parts]))
    keys.append(f"bi|{birth.digits}|{initials}")
    keys += [f"bn|{birth.digits}|{part}" for part in parts]
    keys += [f"nd|{name}|{birth.digits[:4]}" for name in names]
    return keys

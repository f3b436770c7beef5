"""The village of a row: by its code, by names, or by the names of a code that has ended."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.utils import timezone
from rapidfuzz import fuzz

from dsp_platform.database.nearness import spelling
from dsp_platform.khmer.digits import digits_of
from registry.areas.address_keys import TypedAddress, own_keys
from registry.imports.values.text import DISTINCT, number_text
from registry.models import Area

LEVELS = ("province", "district", "commune", "village")
OF_A_NAME = {"village_unknown", "village_ambiguous", "village_spelled_otherwise", "village_level_only"}
"""Findings of the name of the village; the others are of its code."""
_DIGITS = re.compile(r"\d+")
_NEARLY, _APART = 80, 10
"""How alike two names are, of 100; and by how much more than any other name of the commune."""
_LENGTHS = {2: "province", 4: "district", 6: "commune", 8: "village"}


class Place(NamedTuple):
    village: str
    """Empty where it is not known, or not to the village; ``code`` tells which."""
    code: str = ""
    """Of a finding."""
    level: str = ""
    """To which it is known."""


class Known(NamedTuple):
    name_km: str
    name_latin: str
    key_km: str
    key_latin: str
    is_current: bool


class Places:
    """The gazetteer in memory. Made once for a file: villages repeat, and each is asked for once."""

    def __init__(self, areas: Iterable[Area]) -> None:
        today = timezone.localdate()
        self.known = {
            area.code: Known(
                area.name_km,
                area.name_latin,
                area.key_km,
                area.key_latin,
                area.valid_to is None or area.valid_to >= today,
            )
            for area in areas
        }
        self.find = lru_cache(DISTINCT)(self._find)

    def __getstate__(self) -> dict[str, Known]:
        return self.known

    def __setstate__(self, known: dict[str, Known]) -> None:
        self.known = known
        self.find = lru_cache(DISTINCT)(self._find)

    @classmethod
    def load(cls) -> "Places":
        columns = ("code", "name_km", "name_latin", "key_km", "key_latin", "valid_to")
        return cls(Area.objects.values_list(*columns, named=True))

    @cached_property
    def named(self) -> dict[tuple[int, str], list[str]]:
        """Not before it is asked for: most files have codes."""
        found: dict[tuple[int, str], list[str]] = defaultdict(list)
        for code, known in self.known.items():
            for key in _keys_of_area(code, known) if known.is_current else ():
                found[len(code), key].append(code)
        return found

    @cached_property
    def keys_in(self) -> dict[str, list[tuple[str, str]]]:
        """Of the villages of each commune."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for (length, key), codes in self.named.items():
            for code in codes if length == 8 else ():
                found[code[:6]].append((key, code))
        return found

    def _find(self, code: str, names: tuple[str, str, str, str]) -> Place:
        """``names`` of the village, the commune, the district and the province, each perhaps empty."""
        typed = digits_of(number_text(code))
        padded = typed.zfill(len(typed) + len(typed) % 2)  # spreadsheets drop the zero of 01020304
        lost = "village_zero_restored" if padded != typed else ""
        known = self.known.get(padded)
        if known and known.is_current and len(padded) == 8:
            return Place(padded, lost)
        if any(names):
            found = self._by_names(names, within=padded if known and known.is_current else "")
            if found.village or not known:
                code_fails = typed and len(padded) == 8
                return found._replace(code="village_by_name" if found.village and code_fails else found.code)
        if known is None:
            return Place("", "village_code_unknown" if typed else "village_missing")
        if not known.is_current:
            return self._after(padded)
        return Place("", "village_level_only", _LENGTHS[len(padded)])

    def _after(self, code: str) -> Place:
        """Of a code that has ended: the village of today that has its name, where there is one around."""
        chain = [self.known.get(code[:length]) for length in (8, 6, 4, 2)]
        if len(code) == 8 and (village := chain[0]):
            for depth in (4, 3, 2):  # in the commune, the district, the province of that name
                above = [area.name_km if area else "" for area in chain[4 - depth + 1 :]]
                names = (village.name_km, *[""] * (3 - len(above)), *above)
                found = self._by_names((names[0], names[1], names[2], names[3]), within="")
                if found.village:
                    return Place(found.village, "village_code_old")
        return Place("", "village_code_ended")

    def _by_names(self, names: tuple[str, str, str, str], within: str) -> Place:
        prefixes = {within}
        level = _LENGTHS.get(len(within), "")
        for length, name in zip((2, 4, 6), reversed(names[1:]), strict=True):
            if not number_text(name) or len(within) >= length:
                continue
            narrowed = set(self._named(length, name, prefixes))
            if not narrowed:
                return Place("", "area_unknown", _LENGTHS[length])
            prefixes, level = narrowed, _LENGTHS[length]
        if not number_text(names[0]):
            return Place("", "village_level_only" if level else "village_missing", level)
        villages = set(self._named(8, names[0], prefixes))
        if len(villages) > 1:  # of one key: that which is spelled so
            villages = {code for code in villages if self._is_spelled(code, names[0])} or villages
        if len(villages) == 1:
            return Place(villages.pop())
        if not villages and level == "commune" and (nearest := self._nearest(names[0], prefixes)):
            return Place(nearest, "village_spelled_otherwise")
        return Place("", "village_ambiguous" if villages else "village_unknown", level)

    def _is_spelled(self, code: str, name: str) -> bool:
        known = self.known[code]
        return spelling(name) in (spelling(known.name_km), spelling(known.name_latin))

    def _nearest(self, name: str, communes: set[str]) -> str:
        """The one village of the commune that is written nearly so; empty where none or two are."""
        likeness: dict[str, float] = {}
        for key in _keys_of_name(name):
            digits = _DIGITS.findall(key)
            for commune in communes:
                for known, code in self.keys_in[commune]:
                    if _DIGITS.findall(known) == digits:  # Village 1 is not Village 2
                        likeness[code] = max(likeness.get(code, 0), fuzz.ratio(key, known))
        best = sorted(likeness.items(), key=lambda item: -item[1])[:2]
        if not best or best[0][1] < _NEARLY or (len(best) > 1 and best[1][1] > best[0][1] - _APART):
            return ""
        return best[0][0]

    def _named(self, length: int, name: str, prefixes: set[str]) -> Iterator[str]:
        for key in _keys_of_name(name):
            for code in self.named.get((length, key), ()):
                if any(code.startswith(prefix) for prefix in prefixes):
                    yield code


def _keys_of_name(name: str) -> list[str]:
    """With and without a word such as "village": some names are nothing but that and a number."""
    return [key for key in dict.fromkeys(TypedAddress.of(name).keys) if key]


def _keys_of_area(code: str, area: Known) -> set[str]:
    keys = {area.key_km, area.key_latin}
    if len(code) <= 4:  # known by other names too
        keys |= {piece[1:] for piece in own_keys(area.name_km, area.name_latin).pieces if _is_whole(piece)}
    if len(code) == 8 and (area.name_km.startswith("ភូមិ") or area.name_latin.startswith("Phum")):
        keys |= {key for name in (area.name_km, area.name_latin) for key in _keys_of_name(name)}
    return keys - {""}


def _is_whole(piece: str) -> bool:
    return piece.startswith("=") and not piece.startswith("==")

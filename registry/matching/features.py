"""What is derived of a record once, so that comparing it with many others is cheap."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.khmer.text import search_key
from registry.matching.records import MatchRecord
from registry.matching.sounds import sound_of

_BUDDHIST = 2300
_AHEAD = 543


class NamePart(NamedTuple):
    """A surname or given name: its search key in each script, and how each is spoken."""

    khmer: str
    latin: str
    sounds: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        return bool(self.khmer or self.latin)


UNKNOWN = NamePart("", "", ())


@lru_cache(maxsize=200_000)
def name_part(khmer: str, latin: str) -> NamePart:
    """A name in Latin letters may stand where one in Khmer belongs: foreigners have no other."""
    khmer_key, latin_key = _key(khmer), _key(latin)
    if khmer_key.isascii():
        khmer_key, latin_key = "", latin_key or khmer_key
    sounds = [sound for sound in (sound_of(khmer), sound_of(latin)) if sound]
    return NamePart(khmer_key, latin_key, tuple(dict.fromkeys(sounds)))


@lru_cache(maxsize=200_000)
def _key(name: str) -> str:
    return search_key(name)


def companion_key(
    family_name: str, given_name: str, latin_family_name: str = "", latin_given_name: str = ""
) -> str:
    """Of somebody they live with, for ``MatchRecord.household``: by sound, in any order of the parts."""
    family = name_part(family_name, latin_family_name).sounds
    given = name_part(given_name, latin_given_name).sounds
    return _companion(family[0] if family else "", given[0] if given else "")


def _companion(family: str, given: str) -> str:
    first, second = (family, given) if family < given else (given, family)
    return f"{first} {second}".strip()


class Birth(NamedTuple):
    year: int
    month: int
    """0 where it is not known."""
    day: int
    digits: str

    @property
    def is_usual(self) -> bool:
        """The day that is written down where only the year is known."""
        return self.day == 1 and self.month == 1


def birth_of(born: PartialDate) -> Birth:
    """A year of the Buddhist era is one of ours."""
    first: date = born.first
    year = first.year - _AHEAD if first.year >= _BUDDHIST else first.year
    month = first.month if born.precision != "year" else 0
    day = first.day if born.precision == "day" else 0
    return Birth(year, month, day, f"{day:02}{month:02}{year:04}")


class Features:
    """Of one record."""

    __slots__ = (
        "birth",
        "companions",
        "documents",
        "family",
        "given",
        "phones",
        "record",
        "villages",
        "whole",
    )

    def __init__(self, record: MatchRecord) -> None:
        self.record = record
        self.family = name_part(record.family_name, record.latin_family_name)
        self.given = name_part(record.given_name, record.latin_given_name)
        self.whole = (self.family.khmer + self.given.khmer, self.family.latin + self.given.latin)
        self.birth = birth_of(record.born) if record.born else None
        self.villages: Sequence[str] = tuple(record.villages)
        self.phones = record.phones
        self.documents = record.documents
        self.companions = record.household

    @property
    def own_keys(self) -> set[str]:
        """By which those they live with may name them."""
        return {
            _companion(family, given)
            for family in self.family.sounds or ("",)
            for given in self.given.sounds or ("",)
        }

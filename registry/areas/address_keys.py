"""What a place is found by: the keys of its own names and of those of every place it lies in."""

from dataclasses import dataclass
from typing import NamedTuple

import regex

from dsp_platform.database.nearness import spelling
from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.text import clean, search_key
from registry.areas.romanisation import endings, latin_key

# Words for "village", "commune"... that people write before a name and the gazetteer mostly does not.
_KHMER_TITLES = "ភូមិ", "ឃុំ", "សង្កាត់", "ស្រុក", "ខណ្ឌ", "ក្រុង", "ខេត្ត", "រាជធានី"
_LATIN_TITLES = (
    "phum", "khum", "sangkat", "srok", "khan", "krong", "khet", "khaet", "reachtheani", "village", "commune",
    "district", "province", "city", "capital",
)  # fmt: skip
# Known by names that are not spellings of each other.
_SAME_PLACE = (
    ("Preah Sihanouk", "Sihanoukville", "Kampong Saom", "Kampong Som"),
    ("Battambang", "Bat Dambang"),
    ("Pursat", "Pouthisat"),
    ("Kratie", "Kracheh"),
)
# By the exact name: "Kampong Siem", another place, has the key of "Kampong Saom".
_OTHER_NAMES = {
    spelling(name): [other for other in names if other != name] for names in _SAME_PLACE for name in names
}
_TITLE_KEYS = {search_key(title) for title in _KHMER_TITLES} | set(_LATIN_TITLES)
_TITLE = regex.compile(rf"(?:{'|'.join(_KHMER_TITLES)})(?![\u17b6-\u17d3\u17dd])")
_WORD = regex.compile(r"[\p{Khmer}\p{N}]*\p{Khmer}[\p{Khmer}\p{N}]*|\p{N}+|[\p{L}\p{M}'`‘’]+")
_KHMER = regex.compile(r"\p{Khmer}")
_LETTER = regex.compile(r"(?<!\u17d2)[\p{L}\p{N}]")
_LONGEST, _MOST_WORDS = 200, 8
_MOST_PARTS = 3  # that a word of the gazetteer is written in: Mean Chey, Meanchey


class OwnKeys(NamedTuple):
    khmer: str
    latin: str
    pieces: list[str]
    """Of the Khmer name from each of its letters on, of the Latin ones from each word on: whatever piece of a
    name is typed begins one of them. The keys of whole names stand again after "=", their spellings after
    "=="."""


def own_keys(name_km: str, name_latin: str) -> OwnKeys:
    """Of a place without those it lies in."""
    khmer, latin = search_key(name_km), latin_key(name_latin)
    names = [name_latin, *_OTHER_NAMES.get(spelling(name_latin), ())]
    pieces = [khmer[at.start() :] for at in _LETTER.finditer(khmer)]
    for name in names:
        pieces += endings(name)
    whole = [f"={khmer}", *(f"={latin_key(name)}" for name in names)]
    spelled = [f"=={spelling(name)}" for name in (name_km, *names)]
    return OwnKeys(khmer, latin, [*pieces, *whole, *spelled])


@dataclass(frozen=True, slots=True)
class TypedAddress:
    """Words of an address, in any order and either script."""

    text: str
    words: list[str]
    """Without titles, unless there is nothing else."""

    @classmethod
    def of(cls, text: str) -> "TypedAddress":
        text = clean(text)[:_LONGEST]
        words = _WORD.findall(_TITLE.sub(r" \g<0> ", text))
        names = [word for word in words if search_key(word) not in _TITLE_KEYS]
        return cls(text, (names or words)[:_MOST_WORDS])

    @property
    def pieces(self) -> list[set[str]]:
        """For each word, keys of which one must begin a key of the place or of one it lies in."""
        runs = [run for run in self.runs if run.words <= _MOST_PARTS]
        found = [
            {run.key for run in runs if run.start <= at < run.start + run.words} | _codes(word)
            for at, word in enumerate(self.words)
        ]
        return [keys - {""} for keys in found if keys - {""}]

    @property
    def spellings(self) -> list[str]:
        """The whole, with and without titles."""
        return [self.text, "".join(self.words)]

    @property
    def keys(self) -> list[str]:
        return [name_key(self.text), name_key(" ".join(self.words))]

    @property
    def runs(self) -> list["Run"]:
        """Of words beside each other: a name may be written with a space more, and some are whole names."""
        size = len(self.words)
        return [
            Run(start, end - start, " ".join(self.words[start:end]))
            for start in range(size)
            for end in range(start + 1, size + 1)
        ]


@dataclass(frozen=True, slots=True)
class Run:
    start: int
    words: int
    text: str

    @property
    def key(self) -> str:
        return name_key(self.text)


def _codes(word: str) -> set[str]:
    digits = latin_digits(word)
    return {f"#{digits}"} if digits.isascii() and digits.isdecimal() and len(digits) in (4, 6, 8) else set()


def name_key(name: str) -> str:
    """Of a name in either script."""
    return search_key(name) if _KHMER.search(name) else latin_key(name)

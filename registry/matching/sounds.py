"""How a name sounds, written in Khmer or in Latin letters: what the spellings of one name have in common.

Consonants count by class (K, KH and G are one), and what is written but not spoken is left out. Of vowels
only that a name begins or ends with one: សុខា, Sokha and Soka have one sound, សុខ another. How it was judged:
docs/reference/matching.md.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import regex

from dsp_platform.khmer.text import normalise

_CLASSES = {
    "កខគឃ": "k",
    "ង": "g",
    "ចឆជឈ": "c",
    "ញណន": "n",
    "ដឋឌឍតថទធ": "t",
    "បផពភ": "p",
    "ម": "m",
    "យ": "y",
    "រ": "r",
    "លឡ": "l",
    "វ": "v",
    "សឝឞ": "s",
    "ហ": "h",
    "អ": "",
}
_CONSONANT = {letter: sound for letters, sound in _CLASSES.items() for letter in letters}
_SILENT_ENDS = ("h", "r", "v", "y", "")
_INDEPENDENT = {"ឫ": "r", "ឬ": "r", "ឭ": "l", "ឮ": "l"}
# A consonant with those below it, or an independent vowel; then vowels and other signs.
_UNIT = regex.compile(r"([\u1780-\u17a2](?:\u17d2[\u1780-\u17a2])*|[\u17a3-\u17b3])([\u17b6-\u17d1\u17dd]*)")
_VOWEL = regex.compile(r"[\u17b6-\u17c8]")
_SILENT, _NASAL, _GLOTTAL = "\u17cd", "\u17c6", "\u17c8"  # TOANDAKHIAT; NIKAHIT; YUUKALEAPINTU
_SILENT_END = regex.compile(r"(?<=.)(?<=[តថដ])ិ$")  # ជាតិ Cheat, សម្បត្តិ Sambath

# Spoken otherwise than written: what remained of 500 names when this module was compared with the readings of
# khmer-latin-name-transformer 0.0.4, once, on 2026-11-30.
_READ_AS = {
    "ហ្វ": "ផ",
    "ហ្គ": "គ",
    "រស្មី": "រក្ស្មី",
    "ថាវរ": "ថាវ៉ារ",
    "ព្រហ្ម": "ព្រំ",
    "មរកត": "ម៉ារ៉ាកត",
}

_NOT_LATIN = regex.compile(r"[^a-z]")
_LATIN = [
    (regex.compile(r"ng"), "G"),
    (regex.compile(r"c(?=[eiy])|[zx]"), "s"),
    (regex.compile(r"[gqc]"), "k"),
    (regex.compile(r"[Jj]"), "C"),
    (regex.compile(r"w"), "v"),
    (regex.compile(r"d"), "t"),
    (regex.compile(r"[bf]"), "p"),
    (regex.compile(r"[aeiou][aeiouy]*|(?<!^)y[aeiouy]*|^y(?![aeiou])"), "a"),
    (regex.compile(r"(?<=[CGklnprstv])h|[hrv](?![a])"), ""),  # aspiration; Pich for ពេជ្រ, Keo for កែវ
]
_INNER = regex.compile(r"(?<=.)a(?=.)")
_TWICE = regex.compile(r"(.)\1+")


@lru_cache(maxsize=200_000)
def sound_of(name: str) -> str:
    """Empty where the name has no letter of either script."""
    text = normalise(name)
    return _TWICE.sub(r"\1", _INNER.sub("", _of_khmer(text) + _of_latin(text)))


def _of_latin(text: str) -> str:
    letters = _NOT_LATIN.sub("", unicodedata.normalize("NFKD", text).casefold()).replace("ch", "J")
    for pattern, replacement in _LATIN:
        letters = pattern.sub(replacement, letters)
    return letters.lower()


def _of_khmer(text: str) -> str:
    for written, spoken in _READ_AS.items():
        text = text.replace(written, spoken)
    text = _SILENT_END.sub("", text)
    units = [(letters, signs) for letters, signs in _UNIT.findall(text) if _SILENT not in signs]
    return "".join(_of_unit(units, place) for place in range(len(units)))


def _of_unit(units: Sequence[tuple[str, str]], place: int) -> str:
    letters, signs = units[place]
    is_last = place + 1 == len(units)
    if "\u17a3" <= letters <= "\u17b3":
        return _INDEPENDENT.get(letters, "") + "a"
    consonants = [_CONSONANT.get(letter, "") for letter in letters.split("\u17d2")]
    if not _VOWEL.search(signs) and place:
        # Spoken with the syllable before it: of several in the last one only the first is spoken.
        if is_last:
            return "" if consonants[0] in _SILENT_ENDS else consonants[0]
        if consonants[0] in _SILENT_ENDS and len(consonants) == 1 and "\u17d2" not in units[place + 1][0]:
            return ""
    onset = consonants[0] + "".join(one for one in consonants[1:] if one not in "yh")
    if place and onset == "y":
        onset = ""
    if is_last and _GLOTTAL in signs:
        return onset + "k"  # រតនៈ Ratanak
    ends_in_ng = not is_last and units[place + 1][0] == "ង"
    return onset + "a" + ("m" if _NASAL in signs and not ends_in_ng else "")

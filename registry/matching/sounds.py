"""How a name sounds, written in Khmer or in Latin letters: what the spellings of one name have in common.

Consonants count by class (K, KH and G are one), every run of vowels counts as one, and what is written but
not spoken is left out. សុខា, Sokha and Soka have one sound; how it was judged: docs/reference/matching.md.
"""

import unicodedata
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
_INDEPENDENT = {"ឫ": "ra", "ឬ": "ra", "ឭ": "la", "ឮ": "la"}
# A consonant with those below it, or an independent vowel; then vowels and other signs.
_UNIT = regex.compile(r"([\u1780-\u17a2](?:\u17d2[\u1780-\u17a2])*|[\u17a3-\u17b3])([\u17b6-\u17d1\u17dd]*)")
_VOWEL = regex.compile(r"[\u17b6-\u17c8]")
_SILENT, _NASAL = "\u17cd", "\u17c6"  # TOANDAKHIAT; NIKAHIT

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
]
_COMMON = [
    (regex.compile(r"[rv](?!a)"), ""),  # not spoken at the end: ពេជ្រ Pich, កែវ Keo
    (regex.compile(r"(?<=[cgklnprstv])h|h(?!a)"), ""),  # aspiration, and silent at the end
    (regex.compile(r"(.)\1+"), r"\1"),
]


@lru_cache(maxsize=200_000)
def sound_of(name: str) -> str:
    """Empty where the name has no letter of either script."""
    text = normalise(name)
    sound = _of_khmer(text) + _of_latin(text)
    before = ""
    while sound != before:
        before = sound
        for pattern, replacement in _COMMON:
            sound = pattern.sub(replacement, sound)
    return sound


def _of_latin(text: str) -> str:
    letters = _NOT_LATIN.sub("", unicodedata.normalize("NFKD", text).casefold()).replace("ch", "J")
    for pattern, replacement in _LATIN:
        letters = pattern.sub(replacement, letters)
    return letters.lower()


def _of_khmer(text: str) -> str:
    """A consonant without a vowel of its own ends the syllable before it, or begins one that the next one
    ends: of several in a row the last is an end (សុវណ្ណ: So-vann)."""
    units = [
        (letters, signs) for letters, signs in _UNIT.findall(text.replace("ហ្វ", "ផ")) if _SILENT not in signs
    ]
    sound = []
    for place, (letters, signs) in enumerate(units):
        if letters in _INDEPENDENT or "\u17a3" <= letters <= "\u17b3":
            sound.append(_INDEPENDENT.get(letters, "a"))
            continue
        consonants = [_CONSONANT.get(letter, "") for letter in letters.split("\u17d2")]
        if not _VOWEL.search(signs):
            following = 0
            while place + 1 + following < len(units) and _is_bare(units[place + 1 + following]):
                following += 1
            if following % 2 == 0 and place:
                sound.append(_ending(consonants[0]))
                continue
        onset = "".join(consonants)
        if place and onset == "y":
            onset = ""
        ends_in_ng = place + 1 < len(units) and units[place + 1][0] == "ង"
        sound.append(onset + "a" + ("m" if _NASAL in signs and not ends_in_ng else ""))
    return "".join(sound)


def _is_bare(unit: tuple[str, str]) -> bool:
    letters, signs = unit
    return letters[0] in _CONSONANT and not _VOWEL.search(signs)


def _ending(consonant: str) -> str:
    return "" if consonant == "h" else "a" if consonant == "y" else consonant

"""Khmer names are written in Latin letters in many ways: what these have in common, for a search.

Phnum Pénh, Phnom Penh and PhnomPenh have one key. What is folded and why: docs/explanation/near-spellings.md.
"""

import unicodedata
from functools import lru_cache

import regex

from dsp_platform.khmer.digits import latin_digits

_WORD = regex.compile(r"[a-z]+|\p{N}+")
_APOSTROPHE = regex.compile(r"['`\u00b4\u02b0-\u02ff\u2018\u2019\u201b\u2032]")
_MARK = regex.compile(r"\p{M}")
_TWICE = regex.compile(r"(\p{L})\1+")
_STEPS = [
    (regex.compile(r"h"), ""),  # aspiration: Thma, Tma
    (regex.compile(r"w"), "v"),
    (_TWICE, r"\1"),
    (regex.compile(r"td"), "d"),  # Otdar, Oddar
    (regex.compile(r"ngk(?![aeiouy])"), "ng"),
    (regex.compile(r"[rv](?![aeiouy])"), ""),  # silent: Pursat, Pousat; Ta Kaev, Takeo
    (regex.compile(r"b(?![aeiouylr])"), "p"),  # Siem Reab, Siem Reap
    (regex.compile(r"d(?![aeiouylr])"), "t"),
    (regex.compile(r"[aeiouy]+"), "a"),  # Kampong, Kompong; Phnum, Phnom
    (_TWICE, r"\1"),
]
_WRITTEN_SHORT = {"kg": "kampong"}


@lru_cache(maxsize=20_000)  # the country's places are made of fewer words
def _folded(word: str) -> str:
    """Until nothing is left to fold: one step can make room for an earlier one."""
    before = ""
    while word != before:
        before = word
        for pattern, replacement in _STEPS:
            word = pattern.sub(replacement, word)
    return word


def latin_words(text: str) -> list[str]:
    """The key of each word."""
    letters = _MARK.sub("", unicodedata.normalize("NFKD", _APOSTROPHE.sub("", text))).casefold()
    keys = [_folded(_WRITTEN_SHORT.get(word, word)) for word in _WORD.findall(latin_digits(letters))]
    return [key for key in keys if key]


def latin_key(text: str) -> str:
    """Of all words together: spaces are written here and there."""
    return _folded("".join(latin_words(text)))


def endings(text: str) -> list[str]:
    """The keys of the name from each of its words on. Any run of its words begins one of them."""
    words = latin_words(text)
    return [_folded("".join(words[start:])) for start in range(len(words))]

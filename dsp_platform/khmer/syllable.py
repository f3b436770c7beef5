"""Canonical order of the characters of a Khmer syllable.

Source: Unicode Technical Note 61, "Khmer Encoding Structure". Unicode normalisation does not reorder Khmer
signs, so that words that look the same may be encoded differently. The order is:

    base, robat, subscripts (subscript RO last), consonant shifter, vowels, signs, final signs
"""

from collections.abc import Iterable

import regex

_COENG = "\u17d2"
_COENG_RO = "\u17d2\u179a"
_BASES = "\u1780-\u17a2\u17a5-\u17b3\u25cc"
_MARKS = "\u17b6-\u17d1\u17d3\u17dd"

# Only syllables with two or more parts after the base can be out of order.
_SYLLABLE = regex.compile(f"([{_BASES}])((?:{_COENG}+[{_BASES}]|[{_MARKS}]){{2,}})")
_PART = regex.compile(f"{_COENG}+([{_BASES}])|[{_MARKS}]")

_AA, _II, _U, _OE, _E, _OO = "\u17b6", "\u17b8", "\u17bb", "\u17be", "\u17c1", "\u17c4"
_NIKAHIT, _SAMYOK_SANNYA = "\u17c6", "\u17d0"
_MUUSIKATOAN, _TRIISAP = "\u17c9", "\u17ca"
_SHIFTERS = {_MUUSIKATOAN, _TRIISAP}
# Written above the base, which moves a shifter below it, where it looks like the vowel U.
_ABOVE = {*"\u17b7\u17b8\u17b9\u17ba\u17be\u17bf\u17dd", _SAMYOK_SANNYA}

# Where the two shifters look alike, a syllable of these without BA takes TRIISAP, any other MUUSIKATOAN.
_STRONG = set("កខគឃចឆជឈដឋឌឍតថទធផពភឝឞសហអ")
_BA = "\u1794"

_ROBAT, _SUBSCRIPT, _SUBSCRIPT_RO, _SHIFTER, _BEFORE, _BELOW, _UPPER, _AFTER, _SIGN, _FINAL = range(10)


_RANK = {
    chr(code): rank
    for first, last, rank in (
        (0x17B6, 0x17B6, _AFTER),
        (0x17B7, 0x17BA, _UPPER),
        (0x17BB, 0x17BD, _BELOW),
        (0x17BE, 0x17C5, _BEFORE),
        (0x17C6, 0x17C6, _SIGN),
        (0x17C7, 0x17C8, _FINAL),
        (0x17C9, 0x17CA, _SHIFTER),
        (0x17CB, 0x17CB, _SIGN),
        (0x17CC, 0x17CC, _ROBAT),
        (0x17CD, 0x17D1, _SIGN),
        (0x17D3, 0x17D3, _SIGN),
        (0x17DD, 0x17DD, _SIGN),
    )
    for code in range(first, last + 1)
}


def _rank(part: str) -> int:
    if part[0] == _COENG:
        return _SUBSCRIPT_RO if part == _COENG_RO else _SUBSCRIPT
    return _RANK[part]


def _once(parts: Iterable[str]) -> list[str]:
    """Drop repeated marks; equal subscripts may be meant."""
    kept: list[str] = []
    for part in parts:
        if part[0] == _COENG or part not in kept:
            kept.append(part)
    return kept


def _restore_shifter(base: str, parts: list[str]) -> list[str]:
    """A lowered shifter looks like the vowel U, and is often typed as one: សុី is ស៊ី."""
    upper = _ABOVE.intersection(parts) or (_AA in parts and _NIKAHIT in parts)
    if _U not in parts or not upper or _SHIFTERS.intersection(parts):
        return parts
    letters = {base, *(part[1] for part in parts if part[0] == _COENG)}
    strong = letters & _STRONG and _BA not in letters
    return [(_TRIISAP if strong else _MUUSIKATOAN) if part == _U else part for part in parts]


def _ordered(match: regex.Match[str]) -> str:
    base, marks = match[1], match[2]
    parts = _once(_COENG + found[1] if found[1] else found[0] for found in _PART.finditer(marks))
    # OE and OO typed as the two halves they look like: េ+ី is ើ, េ+ា is ោ.
    for half, whole in ((_II, _OE), (_AA, _OO)):
        if _E in parts and half in parts:
            parts = _once(whole if part == _E else part for part in parts if part != half)
    parts = _restore_shifter(base, parts)
    return base + "".join(sorted(parts, key=_rank))


def order_syllables(text: str) -> str:
    return _SYLLABLE.sub(_ordered, text)

"""Text as it is stored (``clean``), compared (``normalise``) and searched (``search_key``)."""

import unicodedata

import regex

from dsp_platform.khmer.digits import latin_digits
from dsp_platform.khmer.syllable import order_syllables

# Zero-width space, joiners, direction marks, Khmer inherent vowels (U+17B4, U+17B5), lone surrogates...
_INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}]")
_CONTROL = regex.compile(r"[\p{Cc}--\s]", flags=regex.V1)
_SPACES = regex.compile(r"[\p{Z}\s]+")
_LINE_END = regex.compile(r"\r\n?|[\u0085\u2028\u2029]")
_BLANK_LINES = regex.compile(r"\n{3,}")

# Characters that Unicode discourages, with their recommended replacements.
_DISCOURAGED = str.maketrans(
    {"\u17a3": "\u17a2", "\u17a4": "\u17a2\u17b6", "\u17d8": "\u17d4\u179b\u17d4"},
)

# What writers mix in names, by the evidence in docs/explanation/near-spellings.md; for a search only.
_COENG_DA, _COENG_TA = "\u17d2\u178a", "\u17d2\u178f"
_MIXED = str.maketrans({"ី": "ិ", "ឺ": "ឹ", "ឲ": "ឱ", "ឬ": "ឫ", "ឮ": "ឭ"})
# Often omitted: BANTOC, the silent signs after it with SAMYOK SANNYA, and the two shifters.
# With MUUSIKATOAN the letter BA is another consonant (បារ៉ុង, ប៉ារ៉ុង), so there it stays.
_OMITTED = regex.compile(r"[\u17ca-\u17d1\u17dd]|(?<!ប)\u17c9")
# A key keeps letters, Khmer marks and digits, without Latin diacritics, punctuation, letters that are written
# as apostrophes, and spaces.
_NOT_IN_KEY = regex.compile(r"[^\p{L}\p{N}\p{Khmer}]|[\p{P}\p{S}\u02b0-\u02ff\ua78b\ua78c]")

# A mark without a letter of its script, or a coeng without one after it: they show a dotted circle.
_STRAY_SIGN = regex.compile(
    r"(?<![\p{L}\p{M}])\p{M}|(?<![\u1780-\u17d3\u17dd])[\u17b6-\u17d3\u17dd]|\u17d2(?![\u1780-\u17b3])"
)


def normalise(text: str) -> str:
    """The text in canonical order, without invisible characters."""
    return order_syllables(visible(text).translate(_DISCOURAGED))


def clean(text: str) -> str:
    """One line without invisible characters, control characters and repeated spaces."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", visible(_CONTROL.sub("", text))).strip()


def clean_lines(text: str) -> str:
    """``clean`` for each line of a text."""
    lines = (clean(line) for line in _LINE_END.sub("\n", text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def search_key(text: str) -> str:
    """Equal for spellings that people take for the same word, Khmer or Latin."""
    if text.isascii():
        return "".join(filter(str.isalnum, text)).casefold()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    key = latin_digits(_NOT_IN_KEY.sub("", folded.translate(_DISCOURAGED)))
    # Again where a sign that was left out has hidden another order: ស៊ុី is ស៊ី.
    while (folded := _without_mixed(key)) != key:
        key = folded
    return key


def _without_mixed(key: str) -> str:
    ordered = normalise(key).replace(_COENG_DA, _COENG_TA)
    return _OMITTED.sub("", ordered).translate(_MIXED)


def has_stray_sign(text: str) -> bool:
    """Whether a vowel, coeng or other mark is without its letter."""
    return bool(_STRAY_SIGN.search(visible(text)))


def visible(text: str) -> str:
    """Without invisible characters."""
    # Composed last: characters that were apart may now be adjacent.
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))

"""The text of a cell."""

from functools import lru_cache

from dsp_platform.khmer.text import clean, normalise

DISTINCT = 1 << 16
"""Names, villages and dates repeat: so many distinct ones are remembered of each kind."""

# What people and programs write for "nothing".
_NOTHING = {
    "", "-", "--", "---", ".", "?", "n/a", "#n/a", "null", "none", "nil", "nan", "nat",
    "#ref!", "#value!", "#name?", "#div/0!", "#num!", "#null!", "(null)", "(blank)",
    "គ្មាន", "មិនមាន", "មិនដឹង", "unknown",
}  # fmt: skip


def cell_text(cell: str) -> str:
    """On one line, in canonical order and without invisible characters; empty for what means nothing."""
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        text = cell.strip()
        return "" if len(text) < 10 and text.casefold() in _NOTHING else text
    return _khmer_text(cell)


@lru_cache(DISTINCT)
def _khmer_text(cell: str) -> str:
    text = normalise(clean(cell))
    return "" if text.casefold() in _NOTHING else text


def is_broken(text: str) -> bool:
    """Whether a character was lost when it was written: the replacement character stands for it."""
    return "\ufffd" in text


def number_text(cell: str) -> str:
    """Of a number that a spreadsheet keeps as one: 12.0 is 12."""
    text = cell_text(cell)
    return text[:-2] if text.endswith(".0") and text[:-2].isdecimal() else text

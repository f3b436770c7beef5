"""Codes of an operator as they are typed: a number, true, false and null are that; all else is text."""

import re

from dsp_platform.exchange.mapping.columns import Value

_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def as_typed(value: Value) -> str:
    """In quotation marks where a text would be read as something else."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    return f'"{value}"' if value != value.strip() or _is_special(value) else value


def _is_special(text: str) -> bool:
    return not text or text in _WORDS or bool(_NUMBER.fullmatch(text)) or text[0] in '"“'


def from_typed(text: str) -> Value:
    if len(text) > 1 and text[0] in '"“' and text[-1] in '"”':
        return text[1:-1]
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _NUMBER.fullmatch(text) else text

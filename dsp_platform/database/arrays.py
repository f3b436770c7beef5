"""PostgreSQL arrays as text: the driver adapts a list value by value, ten to sixty times slower."""

from collections.abc import Iterable


def array(values: Iterable[int | str | None]) -> str:
    """Of numbers, or of words without spaces, quotes or commas."""
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def text_array(texts: Iterable[str]) -> str:
    return "{" + ",".join(map(quoted, texts)) + "}"


def quoted(text: str) -> str:
    """As an element of an array, or a field of a composite value."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'

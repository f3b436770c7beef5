"""PostgreSQL arrays as text: the driver adapts a list value by value, ten to sixty times slower."""

from collections.abc import Iterable

from django.db.models import Func, Value


def array(values: Iterable[int | str | None]) -> str:
    """Of numbers, or of words without spaces, quotes or commas."""
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def text_array(texts: Iterable[str]) -> str:
    return "{" + ",".join(map(quoted, texts)) + "}"


def quoted(text: str) -> str:
    """As an element of an array, or a field of a composite value."""
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def numbers_in(values: Iterable[int]) -> Func:
    """For a lookup with ``__in``: a thousand parameters take longer to bind than to find."""
    return Func(Value(array(values)), template="(SELECT unnest(%(expressions)s::bigint[]))")


def texts_in(values: Iterable[str]) -> Func:
    """As ``numbers_in``."""
    return Func(Value(text_array(values)), template="(SELECT unnest(%(expressions)s::text[]))")


def bytes_in(values: Iterable[bytes]) -> Func:
    """As ``numbers_in``."""
    hexadecimal = Value(array(value.hex() for value in values))
    return Func(hexadecimal, template="(SELECT decode(unnest(%(expressions)s::text[]), 'hex'))")

"""One order for what a search finds: spelled as typed first, other spellings of the same word after it."""

from collections.abc import Iterable, Sequence

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, Case, F, Func, IntegerField, Lookup, Q, Value, When
from django.db.models.functions import Cast, Concat, Lower, Replace
from django.db.models.lookups import In, StartsWith


def spelling(text: str) -> str:
    return "".join(text.split()).lower()


def is_spelled(texts: Iterable[str], *names: Sequence[str]) -> Q:
    """Whether one of the names, each made of these columns, is written as one of the texts."""
    return _any(In(_spelled(columns), sorted({spelling(text) for text in texts})) for columns in names)


def starts_spelled(texts: Iterable[str], *names: Sequence[str]) -> Q:
    starts = sorted({spelling(text) for text in texts} - {""})
    return _any(StartsWith(_spelled(columns), start) for columns in names for start in starts)


def is_key(keys: Iterable[str], *columns: str) -> Q:
    found = sorted({*keys} - {""})
    return _any(In(F(column), found) for column in columns)


def starts_with_key(keys: Iterable[str], *columns: str) -> Q:
    starts = sorted({*keys} - {""})
    return _any(StartsWith(F(column), start) for column in columns for start in starts)


def _spelled(columns: Sequence[str]) -> Lower:
    joined = Concat(*columns) if len(columns) > 1 else F(columns[0])
    return Lower(Replace(joined, Value(" "), Value("")))


def _any(conditions: Iterable[Lookup]) -> Q:
    found = Q()
    for condition in conditions:
        found |= Q(condition)
    return found


def has_lexeme(column: str, key: str) -> Func:
    """Whether a ``tsvector`` has this key."""
    return _matches(column, _quoted(key))


def begins_lexemes(column: str, keys: Iterable[Iterable[str]]) -> Func:
    """Whether of each group one key begins a key of the ``tsvector``. Served by a GIN index."""
    groups = (" | ".join(f"{_quoted(key)}:*" for key in sorted(group)) for group in keys)
    return _matches(column, " & ".join(f"({group})" for group in groups))


def _quoted(key: str) -> str:
    doubled = key.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def _matches(column: str, query: str) -> Func:
    cast = Cast(Value(query), SearchQueryField())
    return Func(F(column), cast, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())


def rank(*conditions: Q) -> Case:
    """The number of the first condition that holds."""
    whens = (When(condition, then=number) for number, condition in enumerate(conditions) if condition)
    return Case(*whens, default=Value(len(conditions)), output_field=IntegerField())

"""The names of facts that a rule may use, their types and values."""

from collections.abc import Callable, Collection

Value = str | int | bool
Known = dict[str, Value | range | None]
"""The values of facts by name. None is "not known", which is not "no"; a range: one of these numbers."""

# Both are filled by the table of facts (``registry.facts.table``), which reads the models; they check rules.
TYPES: dict[str, type[Value]] = {}

POSSIBLE: dict[str, Callable[[], Collection[Value]]] = {}
"""Which values a fact can have: those of the areas are read from the database."""

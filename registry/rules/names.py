"""The names of facts that a rule may use, and their types."""

Value = str | int | bool
Known = dict[str, Value | range | None]
"""The values of facts by name. None is "not known", which is not "no"; a range: one of these numbers."""

# Filled by the table of facts (``registry.facts.table``), which reads the models; they check rules.
TYPES: dict[str, type[Value]] = {}

"""The names of facts that a rule may use, and their types."""

Value = str | int | bool
Known = dict[str, Value | None]
"""The values of facts by name. None is "not known", which is not "no"."""

# Filled by the table of facts (``registry.facts.table``), which reads the models; they check rules.
TYPES: dict[str, type[Value]] = {}

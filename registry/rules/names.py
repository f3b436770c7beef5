"""The names of facts that a rule may use, and their types."""

Value = str | int | bool

# Filled by the table of facts (``registry.eligibility.facts``), which reads the models; they read rules.
TYPES: dict[str, type[Value]] = {}

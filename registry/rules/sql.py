"""Compiles a rule to one SQL condition with the same three values: NULL is "not known".

PostgreSQL's AND, OR and NOT are Kleene's, as in ``judge``. Values of the rule never become part of the text:
they are parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.rules.names import Value
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or

_OPERATORS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(slots=True)
class Compiler:
    """Several rules may share one statement, and with it ``values``: what to run it with."""

    columns: Mapping[str, str]
    """By fact: its expression in the statement."""

    values: dict[str, Value] = field(default_factory=dict)

    def condition(self, node: Node) -> str:
        match node:
            case Constant(value):
                return "TRUE" if value else "FALSE"
            case Condition(fact, operator, value):
                column = self.columns[fact]
                if not isinstance(value, tuple):
                    return f"({column} {_OPERATORS[operator]} {self._parameter(value)})"
                if not value:  # in an empty list is nothing: FALSE, or NULL where the fact is not known
                    return f"({column} <> {column})"
                return f"({column} IN ({', '.join(map(self._parameter, value))}))"
            case Not(operand):
                return f"(NOT {self.condition(operand)})"
            case And(left, right):
                return f"({self.condition(left)} AND {self.condition(right)})"
            case Or(left, right):
                return f"({self.condition(left)} OR {self.condition(right)})"

    def _parameter(self, value: Value) -> str:
        name = f"value_{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

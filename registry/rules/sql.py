"""Compiles a rule to one SQL condition with the same three values: NULL is "not known".

PostgreSQL's AND, OR and NOT are Kleene's, as in ``judge``. Values of the rule never become part of the text:
they are parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from registry.rules.names import Value
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or

_ORDER = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
_OPERATORS = {"==": "=", "!=": "<>", **_ORDER}


@dataclass(slots=True)
class Compiler:
    """Several rules may share one statement, and with it ``values``: what to run it with."""

    columns: Mapping[str, str]
    """By fact: its expression in the statement."""

    most: Mapping[str, str] = field(default_factory=dict)
    """By fact that may be known as a range of numbers: its last one; ``columns`` has the first."""

    reaches: Mapping[str, Callable[[int], tuple[str, str]]] = field(default_factory=dict)
    """By fact of those: whether its first and its last number are at least this one, faster than compared."""

    values: dict[str, Value] = field(default_factory=dict)

    judged: Callable[[Node], str] = field(default=lambda _node: "")
    """The column that has the verdict of a part of a rule already; empty where there is none."""

    def condition(self, node: Node) -> str:
        if column := self.judged(node):
            return column
        match node:
            case Constant(value):
                return "TRUE" if value else "FALSE"
            case Condition(fact, operator, value):
                column = self.columns[fact]
                if operator in _ORDER and isinstance(value, int) and (reaches := self.reaches.get(fact)):
                    return self._of_bound(*reaches(value + (operator in ("<=", ">"))), operator)
                if value != () and (most := self.most.get(fact)):
                    return self._of_range(column, most, operator, value)
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

    def _of_bound(self, first: str, last: str, operator: str) -> str:
        """The same as ``_of_range``, of whether both ends reach the number, or the one above it."""
        judged = first if operator in (">", ">=") else f"(NOT {first})"
        return f"(CASE WHEN {first} = {last} THEN {judged} END)"

    def _of_range(self, least: str, most: str, operator: str, value: Value | tuple[Value, ...]) -> str:
        """NULL unless all numbers of the range are judged alike."""
        values = value if isinstance(value, tuple) else (value,)
        if operator in _ORDER:
            compared = f"{_OPERATORS[operator]} {self._parameter(values[0])}"
            return f"(CASE WHEN ({least} {compared}) = ({most} {compared}) THEN {least} {compared} END)"
        wanted = map(self._parameter, dict.fromkeys(values))
        found = " + ".join(f"({one} BETWEEN {least} AND {most})::int" for one in wanted)
        among = f"(CASE {found} WHEN 0 THEN FALSE WHEN {most} - {least} + 1 THEN TRUE END)"
        return f"(NOT {among})" if operator == "!=" else among

    def _parameter(self, value: Value) -> str:
        """One of each value: PostgreSQL computes what is written alike in several rules once."""
        given = (name for name, one in self.values.items() if type(one) is type(value) and one == value)
        name = next(given, f"value_{len(self.values)}")
        self.values[name] = value
        return f"%({name})s"

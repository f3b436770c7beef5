"""The syntax tree of a rule."""

from dataclasses import dataclass, field

from registry.rules.names import Value

Place = tuple[int, int]
"""Line and column in the text of the rule, both from 1."""


@dataclass(frozen=True, slots=True)
class Constant:
    value: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact compared: ``operator`` is a comparison, or "in" with a tuple. A bare fact is ``== true``."""

    fact: str
    operator: str
    value: Value | tuple[Value, ...]
    places: tuple[Place, ...] = field(default=(), compare=False)
    """Where it begins, and where each of its values stands."""


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Node"


@dataclass(frozen=True, slots=True)
class And:
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Or:
    left: "Node"
    right: "Node"


Node = Constant | Condition | Not | And | Or


def facts_named(node: Node) -> frozenset[str]:
    match node:
        case Condition(fact):
            return frozenset((fact,))
        case Not(operand):
            return facts_named(operand)
        case And(left, right) | Or(left, right):
            return facts_named(left) | facts_named(right)
        case _:
            return frozenset()

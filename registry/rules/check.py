"""What a rule may not say when it is entered: values that do not exist, and what is always or never so.

A rule in force is only parsed: it is judged also after a province that it names was closed.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from django.utils.translation import gettext as _

from registry.rules.judge import compare
from registry.rules.names import POSSIBLE, Value
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or, Place
from registry.rules.parse import RuleError, parse_rule

_MOST_NAMED = 6
Possible = Mapping[str, Callable[[], Collection[Value]]]


def check_rule(text: str, also: Mapping[str, Collection[Value]] | None = None) -> Node:
    """Raises ``RuleError`` with the place of the mistake, in the active language. ``also``: further names
    that it may use, with the values that each can have."""
    more = also or {}
    rule = parse_rule(text, frozenset((name, type(next(iter(values)))) for name, values in more.items()))
    _check(rule, {**POSSIBLE, **{name: _of(values) for name, values in more.items()}})
    return rule


def _of(values: Collection[Value]) -> Callable[[], Collection[Value]]:
    return lambda: values


def _check(node: Node, possible: Possible) -> None:
    match node:
        case Constant():
            return
        case Condition():
            _check_condition(node, possible[node.fact]())
        case Not(operand):
            _check(operand, possible)
        case And(left, right):
            _check(left, possible)
            _check(right, possible)
            never = _("Together with what stands before it, this is never so.")
            _check_together(node, all, False, never, possible)
        case Or(left, right):
            _check(left, possible)
            _check(right, possible)
            always = _("Together with what stands before it, this is always so.")
            _check_together(node, any, True, always, possible)


def _check_condition(condition: Condition, possible: Collection[Value]) -> None:
    begin, *places = condition.places
    for value, place in zip(_values(condition), places, strict=True):
        if value not in possible:
            raise _error(place, _no_value(condition.fact, value, possible))
    outcomes = {compare(one, condition.operator, condition.value) for one in _deciding(possible, [condition])}
    if len(outcomes) == 1:
        always = True in outcomes
        raise _error(begin, _("This is always so. Leave it out.") if always else _("This is never so."))


def _no_value(fact: str, value: Value, possible: Collection[Value]) -> str:
    if isinstance(value, int):  # no boolean: they have both values
        words = _("“%(name)s” is a number from %(least)d to %(most)d.")
        return words % {"name": fact, "least": min(possible), "most": max(possible)}
    named = [f'"{one}"' for one in possible]
    if len(named) > _MOST_NAMED:
        named = [named[0], "…", named[-1]]
    words = _("“%(value)s” is no value of “%(name)s”. Its values are: %(values)s")
    return words % {"value": value, "name": fact, "values": ", ".join(named)}


def _check_together(
    node: And | Or,
    combined: Callable[[Iterator[bool]], bool],
    decided: bool,
    message: str,
    possible: Possible,
) -> None:
    """Of the conditions on one fact that are joined by the same word, as in ``age > 60 && age < 18``."""
    together: dict[str, list[Condition]] = {}
    for condition in _joined(node, type(node)):
        together.setdefault(condition.fact, []).append(condition)
    for fact, conditions in together.items():
        outcomes = {
            combined(bool(compare(value, one.operator, one.value)) for one in conditions)
            for value in _deciding(possible[fact](), conditions)
        }
        if outcomes == {decided}:
            raise _error(conditions[-1].places[0], message)


def _deciding(possible: Collection[Value], conditions: Collection[Condition]) -> Collection[Value]:
    """Of a long range of numbers only those at which a condition can change its outcome."""
    if not isinstance(possible, range):
        return possible
    named = [one for condition in conditions for one in _values(condition) if isinstance(one, int)]
    near = {one + step for one in named for step in (-1, 0, 1)} | {possible[0], possible[-1]}
    return [one for one in sorted(near) if one in possible]


def _values(condition: Condition) -> tuple[Value, ...]:
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def _joined(node: Node, joined_by: type[And] | type[Or]) -> Iterator[Condition]:
    if isinstance(node, Condition):
        yield node
    elif isinstance(node, joined_by):
        yield from _joined(node.left, joined_by)
        yield from _joined(node.right, joined_by)


def _error(place: Place, message: str) -> RuleError:
    return RuleError(message, *place)

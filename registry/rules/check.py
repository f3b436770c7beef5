"""What a rule may not say when it is entered: values that do not exist, and what is always or never so.

A rule in force is only parsed: it is judged also after a province that it names was closed.
"""

from collections.abc import Callable, Collection, Iterator

from django.utils.translation import gettext as _

from registry.rules.judge import compare
from registry.rules.names import POSSIBLE, TYPES, Value
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or, Place
from registry.rules.parse import RuleError, parse_rule

_MOST_NAMED = 6


def check_rule(text: str) -> Node:
    """Raises ``RuleError`` with the place of the mistake, in the active language."""
    rule = parse_rule(text)
    _check(rule)
    return rule


def _check(node: Node) -> None:
    match node:
        case Constant():
            return
        case Condition():
            _check_condition(node)
        case Not(operand):
            _check(operand)
        case And(left, right):
            _check(left)
            _check(right)
            _check_together(node, all, False, _("Together with what stands before it, this is never so."))
        case Or(left, right):
            _check(left)
            _check(right)
            _check_together(node, any, True, _("Together with what stands before it, this is always so."))


def _check_condition(condition: Condition) -> None:
    begin, *places = condition.places
    possible = POSSIBLE[condition.fact]()
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    for value, place in zip(values, places, strict=True):
        if value not in possible:
            raise _error(place, _no_value(condition.fact, value, possible))
    outcomes = {compare(one, condition.operator, condition.value) for one in possible}
    if len(outcomes) == 1:
        always = True in outcomes
        raise _error(begin, _("This is always so. Leave it out.") if always else _("This is never so."))


def _no_value(fact: str, value: Value, possible: Collection[Value]) -> str:
    if TYPES[fact] is int:
        words = _("“%(name)s” is a number from %(least)d to %(most)d.")
        return words % {"name": fact, "least": min(possible), "most": max(possible)}
    named = [f'"{one}"' for one in possible]
    if len(named) > _MOST_NAMED:
        named = [named[0], "…", named[-1]]
    words = _("“%(value)s” is no value of “%(name)s”. Its values are: %(values)s")
    return words % {"value": value, "name": fact, "values": ", ".join(named)}


def _check_together(
    node: And | Or, combined: Callable[[Iterator[bool]], bool], decided: bool, message: str
) -> None:
    """Of the conditions on one fact that are joined by the same word, as in ``age > 60 && age < 18``."""
    together: dict[str, list[Condition]] = {}
    for condition in _joined(node, type(node)):
        together.setdefault(condition.fact, []).append(condition)
    for fact, conditions in together.items():
        outcomes = {
            combined(bool(compare(value, one.operator, one.value)) for one in conditions)
            for value in POSSIBLE[fact]()
        }
        if outcomes == {decided}:
            raise _error(conditions[-1].places[0], message)


def _joined(node: Node, joined_by: type[And] | type[Or]) -> Iterator[Condition]:
    if isinstance(node, Condition):
        yield node
    elif isinstance(node, joined_by):
        yield from _joined(node.left, joined_by)
        yield from _joined(node.right, joined_by)


def _error(place: Place, message: str) -> RuleError:
    return RuleError(message, *place)

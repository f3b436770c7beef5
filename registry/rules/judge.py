"""Kleene's three-valued logic: an unknown operand matters only where the other does not decide."""

from registry.rules.names import Known, Value
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or


def judge_rule(node: Node, facts: Known) -> bool | None:
    """None where the outcome depends on facts that are not known."""
    match node:
        case Constant(value):
            return value
        case Condition(fact, operator, value):
            return compare(facts.get(fact), operator, value)
        case Not(operand):
            judged = judge_rule(operand, facts)
            return None if judged is None else not judged
        case And(left, right):
            both = (judge_rule(left, facts), judge_rule(right, facts))
            return False if False in both else None if None in both else True
        case Or(left, right):
            both = (judge_rule(left, facts), judge_rule(right, facts))
            return True if True in both else None if None in both else False


def compare(known: Value | range | None, operator: str, value: Value | tuple[Value, ...]) -> bool | None:
    """Of a range: None unless all its numbers are judged alike."""
    if known is None:
        return None
    if isinstance(known, range):
        judged = {compare(one, operator, value) for one in known}
        return judged.pop() if len(judged) == 1 else None
    if isinstance(value, tuple):
        return known in value
    if operator in ("==", "!="):
        return (known == value) is (operator == "==")
    if not isinstance(known, int) or not isinstance(value, int):
        raise TypeError("only numbers have an order")
    return {
        "<": known < value,
        "<=": known <= value,
        ">": known > value,
        ">=": known >= value,
    }[operator]

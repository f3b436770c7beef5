"""A rule in words, for whoever decides about it: what it asks for, never what is known of anybody."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.facts.fact import Fact
from registry.facts.table import FACTS
from registry.rules.names import Value
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or
from registry.rules.parse import RuleError, parse_rule

_COMPARED: Mapping[str, Promise | str] = {
    "==": "%(value)s",
    "!=": gettext_lazy("not %(value)s"),
    ">": gettext_lazy("more than %(value)s"),
    ">=": gettext_lazy("%(value)s or more"),
    "<": gettext_lazy("less than %(value)s"),
    "<=": gettext_lazy("%(value)s or less"),
}


def rule_in_words(text: str) -> str:
    """In the language now active. What is no rule stays as it is written."""
    if not text.strip():
        return _("The operator decides case by case.")
    try:
        return _said(parse_rule(text))
    except RuleError:
        return text


def _said(node: Node, inner: bool = False) -> str:
    match node:
        case Constant(value):
            return _("everybody") if value else _("nobody")
        case Condition():
            return _condition(node)
        case Not(operand):
            return _("not (%(rule)s)") % {"rule": _said(operand)}
        case And(left, right):
            both = _("%(left)s and %(right)s") % {"left": _said(left, True), "right": _said(right, True)}
        case Or(left, right):
            both = _("%(left)s or %(right)s") % {"left": _said(left, True), "right": _said(right, True)}
    return f"({both})" if inner else both


def _condition(condition: Condition) -> str:
    value = condition.value
    values = value if isinstance(value, tuple) else (value,)
    fact = FACTS[condition.fact]
    said = [_value(fact, one) for one in values]
    if condition.operator == "in":
        compared = f" {_('or')} ".join(said)
    else:
        compared = str(_COMPARED[condition.operator]) % {"value": said[0]}
    return f"{fact.label}: {compared}"


def _value(fact: Fact, value: Value) -> str:
    if fact.type is bool:
        return _("yes") if value else _("no")
    return fact.label_of(value)

"""A rule in words, for its approver: what it asks for, not what is known of a person."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.translations.label import Label, labelled
from registry.facts.table import FACTS
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or
from registry.rules.parse import RuleError, parse_rule

_COMPARED: Mapping[str, Label] = {
    "==": "%(value)s",
    "!=": gettext_lazy("not %(value)s"),
    ">": gettext_lazy("more than %(value)s"),
    ">=": gettext_lazy("%(value)s or more"),
    "<": gettext_lazy("less than %(value)s"),
    "<=": gettext_lazy("%(value)s or less"),
}


def rule_in_words(text: str) -> str:
    """In the active language. An invalid rule is returned as it is written."""
    if not text.strip():
        return _("The operator decides case by case.")
    try:
        return _in_words(parse_rule(text))
    except RuleError:
        return text


def _in_words(node: Node, inner: bool = False) -> str:
    match node:
        case Constant(value):
            return _("everybody") if value else _("nobody")
        case Condition():
            return _condition(node)
        case Not(operand):
            return _("not (%(rule)s)") % {"rule": _in_words(operand)}
        case And(left, right):
            both = _("%(left)s and %(right)s") % {
                "left": _in_words(left, True),
                "right": _in_words(right, True),
            }
        case Or(left, right):
            both = _("%(left)s or %(right)s") % {
                "left": _in_words(left, True),
                "right": _in_words(right, True),
            }
    return f"({both})" if inner else both


def _condition(condition: Condition) -> str:
    value = condition.value
    values = value if isinstance(value, tuple) else (value,)
    fact = FACTS[condition.fact]
    if fact.type is bool:
        words = [_("yes") if one else _("no") for one in values]
    else:
        words = [fact.label_of(one) for one in values]
    if condition.operator == "in":
        compared = f" {_('or')} ".join(words)
    else:
        compared = str(_COMPARED[condition.operator]) % {"value": words[0]}
    return labelled(fact.label, compared)

"""The language of rules, in which programmes and sharing agreements say whom they concern."""

from registry.rules.judge import judge_rule
from registry.rules.names import TYPES, Value
from registry.rules.nodes import And, Condition, Constant, Facts, Node, Not, Or, facts_named
from registry.rules.parse import RuleError, parse_rule
from registry.rules.sql import Compiler

__all__ = [
    "TYPES",
    "And",
    "Compiler",
    "Condition",
    "Constant",
    "Facts",
    "Node",
    "Not",
    "Or",
    "RuleError",
    "Value",
    "facts_named",
    "judge_rule",
    "parse_rule",
]

"""Who may be entitled to what: facts of persons, rules over facts, verdicts in words."""

from registry.eligibility.facts import facts_of
from registry.eligibility.rule import RuleError, judge_rule, parse_rule
from registry.eligibility.verdict import Verdict, judge, judge_facts

__all__ = ["RuleError", "Verdict", "facts_of", "judge", "judge_facts", "judge_rule", "parse_rule"]

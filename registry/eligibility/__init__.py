"""Who may be entitled to what: facts of persons, and verdicts of rules in words."""

from registry.eligibility.facts import facts_of
from registry.eligibility.verdict import Verdict, judge, judge_facts

__all__ = ["Verdict", "facts_of", "judge", "judge_facts"]

"""Who may be entitled to what: facts of persons, and verdicts of rules in words."""

from registry.eligibility.facts import facts_of
from registry.eligibility.sql import Matching, matching, persons_meeting
from registry.eligibility.verdict import Verdict, judge, judge_facts, judge_shown

__all__ = [
    "Matching",
    "Verdict",
    "facts_of",
    "judge",
    "judge_facts",
    "judge_shown",
    "matching",
    "persons_meeting",
]

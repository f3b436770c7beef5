"""What a rule says of one person. A verdict informs; it never stops anybody from applying."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from registry.eligibility.facts import Known, facts_of
from registry.eligibility.words import sentence
from registry.models import Person, Programme
from registry.rules import And, Condition, Constant, Node, Not, Or, judge_rule, parse_rule

Outcome = Literal["likely", "unlikely", "more"]
_OUTCOMES: dict[bool | None, Outcome] = {True: "likely", False: "unlikely", None: "more"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reasons`` are sentences in the active language, ``missing`` the names of facts to be told."""

    outcome: Outcome
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


def judge(programme: Programme, person: Person) -> Verdict:
    return judge_facts(programme, facts_of([person.pk])[person.pk])


def judge_facts(programme: Programme, facts: Known) -> Verdict:
    """For pages that judge many programmes for one person: the facts are read once."""
    if not programme.rule.strip():
        return Verdict("more", (_("The operator decides case by case."),), ())
    rule = parse_rule(programme.rule)
    outcome = judge_rule(rule, facts)
    deciding = list(dict.fromkeys(_deciding(rule, facts, outcome)))
    missing = [condition.fact for condition in deciding if facts.get(condition.fact) is None]
    reasons = [sentence(condition, facts.get(condition.fact)) for condition in deciding]
    if not reasons and outcome:
        reasons = [_("Everybody may apply.")]
    return Verdict(_OUTCOMES[outcome], tuple(dict.fromkeys(reasons)), tuple(dict.fromkeys(missing)))


def _deciding(node: Node, facts: Known, outcome: bool | None) -> Iterator[Condition]:
    """The conditions that made the outcome what it is: every one that came out the same."""
    match node:
        case Condition():
            yield node
        case Not(operand):
            yield from _deciding(operand, facts, None if outcome is None else not outcome)
        case And(left, right) | Or(left, right):
            for side in (left, right):
                if judge_rule(side, facts) is outcome:
                    yield from _deciding(side, facts, outcome)
        case Constant():
            return

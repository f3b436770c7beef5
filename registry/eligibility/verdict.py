"""The rule of a programme judged for one person. A verdict informs; everybody may apply."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from registry.eligibility.known import facts_from, facts_of
from registry.eligibility.reasons import Addressee, sentence
from registry.facts.table import FACTS
from registry.models import Person, Programme
from registry.persons.ages import told_by
from registry.persons.households import household_of, members_of
from registry.rules.judge import judge_rule
from registry.rules.names import Known
from registry.rules.nodes import And, Condition, Constant, Node, Not, Or
from registry.rules.parse import parse_rule

Outcome = Literal["likely", "unlikely", "more"]
HEALTH = [fact for fact in FACTS.values() if fact.is_health and not fact.is_counted]
HEALTH_COUNTS = [fact for fact in FACTS.values() if fact.is_health and fact.is_counted]
_OUTCOMES: dict[bool | None, Outcome] = {True: "likely", False: "unlikely", None: "more"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reasons`` are sentences in the active language, ``missing`` the names of facts not known yet, without
    those that are ``hidden`` from the reader."""

    outcome: Outcome
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    hidden: tuple[str, ...] = ()


def judge(programme: Programme, person: Person) -> Verdict:
    """With all that is known: for the application and its operator. Pages use ``judge_shown``."""
    return judge_facts(programme, facts_of([person.pk])[person.pk])


def judge_shown(programmes: Collection[Programme], person: Person, reader: Person | None) -> list[Verdict]:
    """For ``reader``, a member of the household; None is the official of an open assisted session.

    The health of others is removed before the rule is judged, not only from the reasons: otherwise the
    outcome alone would disclose who is disabled or pregnant.
    """
    facts, hidden = facts_shown(person, reader)
    addressee: Addressee = "you" if reader == person else "they"
    if person.died_on:
        return [Verdict("unlikely", (_("This person has died."),), ())] * len(programmes)
    return [judge_facts(programme, facts, addressee, hidden) for programme in programmes]


def facts_shown(person: Person, reader: Person | None) -> tuple[Known, frozenset[str]]:
    """What is known of a person without what ``reader`` is not shown, and which facts those are."""
    household = household_of(person)
    members = members_of(household) if household else []
    facts = facts_from(person, household, members)
    hidden = _hidden(facts, person, reader, [member.person for member in members])
    return facts | dict.fromkeys(hidden), hidden


def _hidden(
    facts: Known, person: Person, reader: Person | None, members: Collection[Person]
) -> frozenset[str]:
    """The health of those who tell it themselves."""
    if reader is None:
        return frozenset()
    theirs = told_by(reader, members)
    # What age and sex decide, as that a man is not pregnant, discloses nothing of anybody's health.
    of_person = [] if person.pk in theirs else [one for one in HEALTH if not one.is_surely_no(facts)]
    of_members = HEALTH_COUNTS if any(member.pk not in theirs for member in members) else []
    return frozenset(fact.name for fact in (*of_person, *of_members))


def judge_facts(
    programme: Programme,
    facts: Known,
    addressee: Addressee = "you",
    hidden: Collection[str] = (),
    said: Collection[str] | None = None,
) -> Verdict:
    """For pages that judge many programmes for one person: the facts are read once. ``said``: the facts that
    the reasons may name; None for all."""
    if not programme.rule.strip():
        return Verdict("more", (_("The operator decides case by case."),), ())
    rule = parse_rule(programme.rule)
    outcome = judge_rule(rule, facts)
    deciding = list(dict.fromkeys(_deciding(rule, facts, outcome)))
    missing = [condition.fact for condition in deciding if judge_rule(condition, facts) is None]
    named = [condition for condition in deciding if said is None or condition.fact in said]
    reasons = [sentence(condition, facts.get(condition.fact), addressee, hidden) for condition in named]
    if not deciding:
        reasons = [_("Everybody may apply.") if outcome else _("At the moment nobody can get this.")]
    askable = dict.fromkeys(fact for fact in missing if fact not in hidden)
    unseen = dict.fromkeys(fact for fact in missing if fact in hidden)
    return Verdict(_OUTCOMES[outcome], tuple(dict.fromkeys(reasons)), tuple(askable), tuple(unseen))


def _deciding(node: Node, facts: Known, outcome: bool | None) -> Iterator[Condition]:
    """The conditions that decided the outcome: those with the same outcome."""
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

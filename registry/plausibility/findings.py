"""What the rules find in a situation, and which of it somebody confirmed.

A finding that was confirmed is kept as a ``StatedFact``, plain JSON: the rule, who is concerned with the
dates of birth at that time, and the number. It is shown in the language of whoever reads it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from registry.plausibility.cases import Case
from registry.plausibility.rules import RULE_OF, RULES, Rule
from registry.plausibility.situation import Relationship, Situation

StatedFact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    rule: Rule
    case: Case
    is_impossible: bool

    @property
    def who(self) -> frozenset[str]:
        """The keys of whom it concerns; none for the whole household."""
        return frozenset(one.key for one in self.case.roles.values())

    @property
    def fact(self) -> StatedFact:
        persons = {role: [one.name, str(one.born)] for role, one in self.case.roles.items()}
        found = {"rule": self.rule.code, "persons": persons, "number": [self.case.least, self.case.most]}
        return found | ({"relations": dict(self.case.relations)} if self.case.relations else {})

    @property
    def words(self) -> str:
        return in_words(self.fact, refused=self.is_impossible)


def in_words(fact: StatedFact, *, refused: bool = False) -> str:
    """Facts are kept for as long as the household: a rule or a role may have another name by now."""
    persons = {
        role: f"{name} ({PartialDate.parse(born).written})" for role, (name, born) in fact["persons"].items()
    }
    least, most = (max(number, 0) for number in fact["number"])
    number = str(least) if least == most else f"{least}–{most}"
    rule = RULE_OF.get(fact["rule"])
    text = (rule.refusal if refused or not rule.statement else rule.statement) if rule else ""
    labels = dict(Relationship.choices)
    relations = {key: labels.get(value, value) for key, value in fact.get("relations", {}).items()}
    try:
        return str(text) % {**persons, **relations, "number": number} if text else _unnamed(fact, persons)
    except KeyError:
        return _unnamed(fact, persons)


def _unnamed(fact: StatedFact, persons: Mapping[str, str]) -> str:
    title, whom = title_of(fact["rule"]), ", ".join(persons.values())
    return f"{title}: {whom}" if whom else title


def title_of(rule: str) -> str:
    return str(RULE_OF[rule].title if rule in RULE_OF else _("Something that is not asked any more"))


def findings(situation: Situation) -> list[Finding]:
    return list(_findings(situation))


def _findings(situation: Situation) -> Iterator[Finding]:
    for rule in RULES:
        for case in rule.cases(situation):
            if rule.impossible.all_outside(case.least, case.most):
                yield Finding(rule, case, is_impossible=True)
            elif rule.rare.some_outside(case.least, case.most):
                yield Finding(rule, case, is_impossible=False)


def new_findings(before: Situation, after: Situation) -> list[Finding]:
    """What ``after`` brings about. What was recorded as impossible already is asked, not refused: where two
    dates are wrong, one must be corrected first."""
    recorded = findings(before)
    known = [one.fact for one in recorded]
    impossible = {(one.rule.code, one.who) for one in recorded if one.is_impossible}
    return [
        replace(one, is_impossible=False) if (one.rule.code, one.who) in impossible else one
        for one in findings(after)
        if one.fact not in known
    ]


def refused(found: Iterable[Finding]) -> list[Finding]:
    return [one for one in found if one.is_impossible]


def rare(found: Iterable[Finding]) -> list[Finding]:
    return [one for one in found if not one.is_impossible]


def unconfirmed(found: Iterable[Finding], confirmed: Collection[StatedFact]) -> list[Finding]:
    """What is rare, and was not confirmed with exactly these facts."""
    return [one for one in rare(found) if one.fact not in confirmed]

"""Who can tell what is missing for a verdict, and where: the reader here, other members, or IDPoor."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from registry.eligibility.verdict import Verdict
from registry.facts.fact import Fact
from registry.facts.table import FACTS
from registry.models import Person
from registry.persons.ages import told_by
from registry.persons.households import household_of, members_of

CIRCUMSTANCES, BIRTH_DATE = "circumstances", "birth-date"


@dataclass(frozen=True, slots=True)
class Telling:
    """Something of it is true of every verdict that depends on a fact that is not known or not shown."""

    here: tuple[tuple[str, Person], ...] = ()
    """Kinds of change that the reader can ask for, each with the member whom it is about."""

    by_others: tuple[Person, ...] = ()
    """Members who tell it themselves."""

    by_assessment: bool = False
    """The interview of IDPoor finds it out."""

    without_household: bool = False
    """Nothing can be told before the person is in a household. Once they are, every fact of the household
    itself is known, so that nothing else is true besides."""


def who_tells(verdict: Verdict, person: Person, teller: Person) -> Telling:
    """``teller``: whose account or open assisted session the reader uses."""
    facts = [FACTS[name] for name in (*verdict.missing, *verdict.hidden)]
    household = household_of(person)
    if not facts or household is None:
        return Telling(without_household=bool(facts))
    members = [member.person for member in members_of(household)]
    theirs = told_by(teller, members)
    here: dict[tuple[str, Person], None] = {}
    by_others: dict[Person, None] = {}
    for fact in facts:
        if fact.reported_in == BIRTH_DATE:
            here |= {(BIRTH_DATE, one): None for one in _without_age(fact, person, members)}
        elif fact.reported_in == CIRCUMSTANCES:
            for one in _untold(fact, person, members):
                if one.pk in theirs:
                    here[CIRCUMSTANCES, one] = None
                elif fact.name not in verdict.hidden:
                    by_others[one] = None
            if fact.name in verdict.hidden:  # the same whether they have told it or not
                among = members if fact.counts else [person]
                by_others |= dict.fromkeys(one for one in among if one.pk not in theirs)
    by_assessment = any(fact.reported_in == "assessment" for fact in facts)
    return Telling(tuple(here), tuple(by_others), by_assessment)


def _without_age(fact: Fact, person: Person, members: list[Person]) -> list[Person]:
    """Who may have one of several ages. Every member can correct a date of birth."""
    today = timezone.localdate()
    return [one for one in members if len(one.born.ages_on(today)) > 1] if fact.is_counted else [person]


def _untold(fact: Fact, person: Person, members: list[Person]) -> Iterator[Person]:
    """Whose answers are missing."""
    if not fact.counts:
        yield person
        return
    of_each, today = FACTS[fact.counts].of_person, timezone.localdate()
    if of_each:
        yield from (one for one in members if of_each(one, today) is None)

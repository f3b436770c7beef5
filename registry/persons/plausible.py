"""The members of a household that is entered at once, as the rules judge them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from django.utils import timezone

from registry.errors import Problem
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.labels import full_name
from registry.plausibility.findings import Finding, findings, unconfirmed
from registry.plausibility.situation import Member, Situation
from registry.plausibility.wizard import RARE


def household_findings(members: Iterable[Member], today: date | None = None) -> list[Finding]:
    """``today`` spares whoever judges thousands of households a look at the clock for each."""
    entered = Situation(today=today or timezone.localdate(), members=tuple(members))
    return findings(replace(entered, named_head=entered.head))


def findings_of(details: HouseholdDetails) -> list[Finding]:
    """The key of a member is their place among the members."""
    return household_findings(_member(index, one) for index, one in enumerate(details.members))


def _member(index: int, member: PersonDetails) -> Member:
    names = {"family_name": member.family_name, "given_name": member.given_name}
    return Member(
        key=str(index),
        name=full_name(names),
        born=member.born,
        relationship=member.relationship,
        sex=member.sex,
    )


def last_of(finding: Finding) -> int | None:
    """Of those whom it concerns, who is entered last; None where it concerns the whole household."""
    return max(map(int, finding.who), default=None)


def plausibility_problems(details: HouseholdDetails) -> Iterator[Problem]:
    """What cannot be, and what is rare without having been confirmed."""
    found = findings_of(details)
    asked = unconfirmed(found, details.confirmed)
    for one in found:
        if one.is_impossible:
            yield Problem("born", one.rule.code, one.words, last_of(one))
        elif one in asked:
            yield Problem(RARE, "unconfirmed", one.words, last_of(one))

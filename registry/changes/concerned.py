"""Whom a change of the whole household concerns: the present head and payee, and every adult member for a
move or a death. They are informed when it is asked for, and may object before it is decided."""

from collections.abc import Callable, Sequence
from typing import Any

from dsp_platform.khmer.dates import PartialDate
from registry.models import Household, Membership, Person
from registry.persons.ages import OF_AGE, is_child, is_under
from registry.phones.selectors import who_consents

Concerns = Callable[[Household | None, Sequence[Membership], dict[str, Any]], list[Person]]


def adult_members(
    _home: Household | None, members: Sequence[Membership], _answers: dict[str, Any]
) -> list[Person]:
    return [one.person for one in members if not is_child(one.person)]


def whoever_is_named(
    _home: Household | None, members: Sequence[Membership], answers: dict[str, Any]
) -> list[Person]:
    """Also who consents for them, if it is a child."""
    named = _named(members, answers, "who")
    return [
        *named,
        *(consenter for one in named if (consenter := who_consents(one)) and consenter.pk != one.pk),
    ]


def household_of_the_dead(
    home: Household | None, members: Sequence[Membership], answers: dict[str, Any]
) -> list[Person]:
    """The person reported dead may have no phone; the other members know whether it is true."""
    others = [*_heads(members), *adult_members(home, members, answers)]
    return [*whoever_is_named(home, members, answers), *others]


def old_and_new_head(
    _home: Household | None, members: Sequence[Membership], answers: dict[str, Any]
) -> list[Person]:
    return [*_heads(members), *_named(members, answers, "head")]


def old_and_new_payee(
    home: Household | None, members: Sequence[Membership], answers: dict[str, Any]
) -> list[Person]:
    paid = [one.person for one in members if home and one.person_id == home.payee_id]
    return [*_heads(members), *paid, *_named(members, answers, "payee")]


def _heads(members: Sequence[Membership]) -> list[Person]:
    return [one.person for one in members if one.relationship == Membership.Relationship.HEAD]


def _named(members: Sequence[Membership], answers: dict[str, Any], step: str) -> list[Person]:
    return [one.person for one in members if one.person.spid == answers.get(step, {}).get("person")]


def whose_majority_changes(
    _home: Household | None, members: Sequence[Membership], answers: dict[str, Any]
) -> list[Person]:
    """Who would become an adult or a child by the new date of birth, and the head, who consents for children;
    nobody where the correction changes neither."""
    entered = answers.get("birth", {}).get("born")
    if not entered:
        return []
    child = is_under(OF_AGE, PartialDate.parse(entered))
    turns = [one for one in _named(members, answers, "who") if is_under(OF_AGE, one.born) != child]
    return [*turns, *_heads(members)] if turns else []

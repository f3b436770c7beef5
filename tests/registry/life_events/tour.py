"""One walk through all that can happen: every kind of change once, and every life event."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.utils import timezone

from registry.beneficiaries.expiry import expire_page
from registry.changes.kinds import KINDS
from registry.models import ChangeRequest, Household, Person
from registry.persons.households import home_now
from tests.registry.life_events.answering import VILLAGES
from tests.registry.life_events.walk import REFUSED, Walk

TRIES = 60  # chance may name somebody who cannot be meant


def lives_alone(person: Person) -> bool:
    home = home_now(person)
    return home is not None and home.memberships.filter(ended_on=None).count() == 1


def lives_with_others(person: Person) -> bool:
    return home_now(person) is not None and not lives_alone(person)


def _elsewhere(person: Person) -> dict[str, Any]:
    """A place in the other commune."""
    return {
        "place": {"village_code": next(one for one in VILLAGES if one != person.village_id), "address": ""}
    }


def _somebody(walk: Walk, person: Person) -> dict[str, Any]:
    """Who lives in another household with others, and heads none."""
    others = [one for one in walk.living() if lives_with_others(one) and home_now(one) != home_now(person)]
    coming = next(one for one in others if one.memberships.get(ended_on=None).relationship != "head")
    walk.target = coming
    return {
        "known": {"has_spid": "yes", "spid": coming.spid},
        "birth": {"born": str(coming.born)},
        "relationship": {"relationship": "other_relative"},
    }


def heads_others(person: Person) -> bool:
    return lives_with_others(person) and person.memberships.get(ended_on=None).relationship == "head"


OWN, AWAY = {"where": {"where": "own"}}, {"where": {"where": "elsewhere"}}
Step = tuple[str, Callable[[Person], bool], Callable[[Walk, Person], dict[str, Any]]]
STEPS: tuple[Step, ...] = (
    ("joins", lives_with_others, _somebody),
    ("move", lives_with_others, lambda _walk, person: _elsewhere(person)),
    ("leaves", lives_with_others, lambda _walk, person: OWN | _elsewhere(person)),
    ("leaves", lives_with_others, lambda _walk, _person: AWAY),
    ("leaves", lives_alone, lambda _walk, _person: AWAY),
    ("marriage", lives_with_others, lambda _walk, _person: {"living": {"living": "here"}}),
    *(
        (code, lives_with_others, lambda _walk, _person: {})
        for code in KINDS
        if code not in ("joins", "move", "leaves", "marriage", "take-back")
    ),
    ("take-back", heads_others, lambda _walk, _person: {}),
)


def take(walk: Walk) -> None:
    """All kinds of change are asked for and made, then what is no change happens."""
    for code, who, forced in STEPS:
        make(walk, code, who, forced)
    take_back(walk)
    let_level_run_out()
    merge(walk)
    assert walk.undo_death()


def make(walk: Walk, code: str, who: Callable, forced: Callable) -> None:
    for _ in range(TRIES):
        person, request = walk.random.choice([one for one in walk.living() if who(one)]), None
        walk.forced = forced(walk, person)
        with suppress(*REFUSED):
            request = walk.ask(person, KINDS[code])
            if request is not None and request.is_open:
                walk.decide(request)
        walk.forced = {}
        if request is not None:
            request.refresh_from_db()
            if request.state == ChangeRequest.State.APPLIED:
                return
    raise AssertionError(f"{code} was never made")


def take_back(walk: Walk) -> None:
    """A consent, which is given first where there is none."""
    person = next(one for one in walk.living() if home_now(one))
    for _ in range(2):
        walk.consent_of(person)


def let_level_run_out() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    home = Household.objects.filter(closed_on=None).order_by("pk")[:1]
    Household.objects.filter(pk__in=home.values("pk")).update(
        poverty_level="level1", poverty_valid_to=yesterday
    )
    expire_page({"day": yesterday.isoformat()}, None)


def merge(walk: Walk) -> None:
    for _ in range(TRIES):
        if walk.merge():
            return
    raise AssertionError("nobody was merged")

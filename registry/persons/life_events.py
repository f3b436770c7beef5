"""Which life events follow from what is written of persons and households."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from dsp_platform.accounts.models import User
from registry.life_events.events import EventKind, LifeEvent
from registry.models import ChangeRequest, Household, Membership, Person
from registry.persons.households import home_now


class Happened:
    """Collected by one ``PersonWriter``: only at its end is it known whether who left a household has
    another one."""

    def __init__(self, actor: User | None, request: ChangeRequest | None) -> None:
        self._by = LifeEvent(kind=EventKind.DIED, actor=actor, request=request)
        self._changed: dict[int, tuple[Person, Mapping[str, Any]]] = {}
        self._left: dict[int, Membership] = {}
        self._came: dict[int, tuple[Person, Household, bool]] = {}
        self._new: set[int] = set()
        self._of_households: list[tuple[EventKind, Household]] = []

    def registered(self, person: Person) -> None:
        """Nothing hangs on somebody new."""
        self._new.add(person.pk)

    def to_person(self, person: Person, values: Mapping[str, Any]) -> None:
        """Before the values are set."""
        if values.get("merged_into") and person.merged_into_id is None:
            into = values["merged_into"]
            self._changed[person.pk] = person, {"kind": EventKind.MERGED, "merged_into": into}
        elif values.get("died") and person.died_on is None:
            if person.pk in self._left:
                raise RuntimeError("a death is written before the membership that it ends")
            self._changed[person.pk] = person, {"kind": EventKind.DIED, "account": person.account}
        elif "died" in values and not values["died"] and person.died_on:
            self._changed[person.pk] = person, {"kind": EventKind.DEATH_UNDONE}

    def to_household(self, household: Household, values: Mapping[str, Any]) -> None:
        """Before the values are set."""
        if values.get("village_id", household.village_id) != household.village_id:
            self._of_households.append((EventKind.MOVED, household))
        if values.get("closed_on") and household.closed_on is None:
            self._of_households.append((EventKind.CLOSED, household))

    def died(self, person: int) -> bool:
        return self._changed[person][1]["kind"] == EventKind.DIED if person in self._changed else False

    def left(self, membership: Membership) -> None:
        self._left[membership.person_id] = membership

    def came(self, person: Person, household: Household, *, is_new: bool = False) -> None:
        if person.pk not in self._new:
            self._came[person.pk] = person, household, is_new

    def events(self) -> Iterator[LifeEvent]:
        """To persons first: while a household is not closed, they can take along what is theirs of it."""
        homes = {pk: membership.household for pk, membership in self._left.items()}
        for pk, (person, how) in self._changed.items():
            home = homes.get(pk) or home_now(person)
            yield replace(self._by, person=person, household=home, **how)
        for pk, (person, household, is_new) in self._came.items():
            if pk in self._changed:  # whose death was undone is where they were
                continue
            kind = EventKind.LEFT_FOR_OWN if is_new else EventKind.JOINED
            yield replace(
                self._by, kind=kind, person=person, household=homes.get(pk), new_household=household
            )
        for pk, membership in self._left.items():
            if pk not in self._changed and pk not in self._came:
                yield replace(
                    self._by,
                    kind=EventKind.LEFT_ELSEWHERE,
                    person=membership.person,
                    household=membership.household,
                )
        for kind, household in self._of_households:
            yield replace(self._by, kind=kind, household=household)

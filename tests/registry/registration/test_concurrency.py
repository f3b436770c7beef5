"""Races: real transactions in threads, on rows that both can see."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import close_old_connections, connection

from registry.errors import AlreadyRegistered
from registry.identity.spid import new_spid
from registry.models import Household, IdentityDocument, Person
from registry.persons import writer
from registry.persons.reported import set_poverty_level
from registry.registration.drafts import save_draft
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details

pytestmark = pytest.mark.django_db(transaction=True)

CARD = {"document_type": "identity_card", "document_number": "010203040"}


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """The result of each, or the error it raised; all start at the same moment."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        close_old_connections()
        try:
            start.wait(10)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_a_double_click_makes_one_household(areas, sokha):
    draft = save_draft(owner=sokha, assisted_session=None, answers={"members": 2})
    details = household_details()

    def submit() -> Household:
        return register_household(actor=sokha, details=details, draft=draft)

    households = at_once(submit, submit, submit)
    assert {household.pk for household in households} == {Household.objects.get().pk}
    assert Person.objects.count() == 2


def test_one_account_in_two_browsers_registers_once(areas, sokha):
    def submit() -> Household:
        return register_household(actor=sokha, details=household_details())

    outcomes = at_once(submit, submit)
    assert [type(outcome) for outcome in outcomes].count(AlreadyRegistered) == 1
    assert Household.objects.count() == 1


def test_two_officials_with_the_same_person(areas, commune_clerk, sokha):
    """The unique constraint decides who was first; the other one is refused, and leaves no rows."""

    def submit(actor) -> Callable[[], Household]:
        details = household_details(person_details(**CARD))
        return lambda: register_household(actor=actor, details=details)

    outcomes = at_once(submit(commune_clerk), submit(sokha))
    refused = [outcome for outcome in outcomes if isinstance(outcome, AlreadyRegistered)]
    assert [error.member for error in refused] == [0]
    assert IdentityDocument.objects.count() == Person.objects.count() == Household.objects.count() == 1


def test_two_workers_that_draw_the_same_number(areas, commune_clerk, sokha, monkeypatch):
    taken = new_spid()
    drawn = iter([taken, taken])
    monkeypatch.setattr(writer, "new_spid", lambda: next(drawn, None) or new_spid())

    def submit(actor) -> Callable[[], Household]:
        details = household_details(person_details())
        return lambda: register_household(actor=actor, details=details)

    households = at_once(submit(commune_clerk), submit(sokha))
    assert all(isinstance(household, Household) for household in households), households
    spids = set(Person.objects.values_list("spid", flat=True))
    assert len(spids) == 2
    assert taken in spids


def test_many_households_at_once_have_numbers_of_their_own(areas, commune_clerk):
    def submit() -> list[Household]:
        return [register_household(actor=commune_clerk, details=household_details()) for _ in range(8)]

    assert all(isinstance(made, list) for made in at_once(*[submit] * 4))
    assert Person.objects.values("spid").distinct().count() == 64
    assert Household.objects.values("number").distinct().count() == 32


def test_two_first_saves_make_one_draft(areas, sokha):
    drafts = at_once(*[lambda: save_draft(owner=sokha, assisted_session=None, answers={"a": 1})] * 3)
    assert len({draft.pk for draft in drafts}) == 1


def test_two_reports_of_a_level_count_as_one_change(areas, sokha):
    household = register_household(actor=sokha, details=household_details())

    def report() -> Household:
        return set_poverty_level(household=household, level="level1", valid_to=None)

    at_once(report, report)
    household.refresh_from_db()
    assert household.version == 2

"""The page after a report: until when it is answered, and how a new PIN is got, as it is for this report."""

import pytest

from tests.applications.helpers import sign_in
from tests.grievances.test_pages import fill, url

NEVER = "you cannot get a new one"
CONFIRM = "Confirm the number below: then it can get a new one."
CONFIRMED = "but the number left on the report can get a new one"


def page_after(browser, category="payment", **contact) -> str:
    fill(browser, category=category, contact=contact)
    return browser.get(url("reported")).content.decode()


def test_it_promises_until_when(operators, client):
    page = page_after(client)
    for promise in ("Somebody takes it up until", "You get an answer until", "It is resolved until"):
        assert promise in page


def test_in_khmer_too(operators, client):
    fill(client)
    assert "យ៉ាងយូរត្រឹម" in client.get(url("reported", language="km")).content.decode()


def test_without_a_number_there_is_no_new_pin(operators, client):
    page = page_after(client)
    assert NEVER in page
    assert "the number left" not in page


def test_an_unconfirmed_number_is_to_be_confirmed_first(operators, client):
    page = page_after(client, phone="012 888 777")
    assert CONFIRM in page
    assert NEVER not in page


def test_a_number_known_before_can_get_one(operators, person, sokha):
    page = page_after(sign_in(sokha), phone=sokha.phone)
    assert CONFIRMED in page
    assert CONFIRM not in page


@pytest.mark.parametrize("phone", ["", "012 888 777"])
def test_where_a_household_shares_the_phone_it_gets_none(operators, client, phone):
    assert NEVER in page_after(client, category="abuse", phone=phone)

"""Reports are limited, so that a flood neither buries others' reports nor blocks them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.accounts.phones import known_browsers
from grievances import limits
from grievances.models import Grievance, GrievanceEvent
from tests.applications.helpers import sign_in
from tests.grievances.test_pages import fill, follow, pin_of, send, url

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, 10, tzinfo=ZoneInfo("Asia/Phnom_Penh"))
HOME, AWAY = "203.0.113.{}", "198.51.100.{}"
SPENT = "Very many reports come from your network or browser now."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def few(monkeypatch, operators):
    monkeypatch.setattr(limits, "NETWORK", {"hour": 6, "day": 20})
    monkeypatch.setattr(limits, "BROWSER", {"hour": 3, "day": 8})
    monkeypatch.setattr(limits, "ACCOUNT", {"hour": 2, "day": 4})


def visitor(number: int = 7, network: str = HOME) -> Client:
    client = Client(REMOTE_ADDR=network.format(number))
    client.get("/en/sign-in/")  # sets the CSRF cookie
    return client


def report(client: Client) -> str:
    """The page of the answer; empty if the report was accepted."""
    answer = fill(client)
    return "" if answer.status_code == 302 else answer.content.decode()


def flood(network: str = HOME) -> None:
    """One more than a network may file in an hour."""
    for number in range(7):
        report(visitor(number, network))


def test_a_network_files_so_many_in_an_hour_and_is_told_what_to_do(clock, settings):
    settings.CONTACT_PHONE = "1287"
    flood()
    assert Grievance.objects.count() == 6
    client = visitor(99)
    page = report(client)
    assert SPENT in page
    assert "<title>Error:" in page
    assert "send it after 13:00" in page
    assert "Call 1287, or tell it at any commune or district office" in page
    clock.shift(timedelta(hours=1))
    # The draft is kept: only the last page is sent again.
    assert send(client).url == url("reported")
    assert Grievance.objects.count() == 7


def test_it_is_said_in_khmer():
    flood()
    client = visitor(99)
    report(client)
    page = send(client, language="km").content.decode()
    assert "បណ្តាញ" in page
    assert SPENT not in page
    assert "13:00" in page


def test_another_network_reports_as_ever():
    flood()
    assert report(visitor(1, AWAY)) == ""


def test_a_network_of_a_day(clock):
    for _ in range(4):
        flood()
        clock.shift(timedelta(hours=1))
    assert Grievance.objects.count() == 20
    assert "tomorrow, 00:00" in report(visitor())


def test_a_browser_files_so_many_in_an_hour():
    client = visitor()
    assert [bool(report(client)) for _ in range(4)] == [False, False, False, True]
    assert report(visitor()) == ""


def known_visitor() -> Client:
    """A number was verified in this browser, by somebody who is not signed in now."""
    known = visitor()
    known.post("/en/sign-in/", {"phone": "012 345 678"})
    challenge = PhoneChallenge.objects.get()
    known.post("/en/sign-in/code/", {"code": codes.code_of(challenge)})
    later = visitor()
    later.cookies[known_browsers.COOKIE] = known.cookies[known_browsers.COOKIE].value
    return later


def test_a_browser_that_is_known_reports_in_a_flooded_network(sokha):
    later = known_visitor()
    flood()
    assert report(later) == ""


def test_who_is_signed_in_is_counted_by_account_alone(person, sokha):
    flood()
    client = sign_in(sokha)
    client.defaults["REMOTE_ADDR"] = HOME.format(1)
    pages = [report(client) for _ in range(3)]
    assert [bool(page) for page in pages] == [False, False, True]
    assert "You sent many reports in a short time" in pages[-1]
    assert SPENT not in pages[-1]


def test_an_official_reports_for_those_at_the_counter(person, commune_clerk, clerk_assisted_session):
    client = sign_in(commune_clerk)
    assert [bool(report(client)) for _ in range(5)] == [False] * 5


def test_the_limits_let_a_commune_behind_one_address_report(monkeypatch):
    monkeypatch.undo()
    assert limits.NETWORK["hour"] >= 200
    assert limits.DRAFTS["hour"] > limits.NETWORK["hour"]


def test_a_form_sent_twice_is_counted_once():
    client = visitor()
    for _ in range(3):
        report(client)
        client.post(url("report_question", "contact"), {})
    assert Grievance.objects.count() == 3


def begin(client: Client) -> str:
    """A report that is begun and not sent. The page that answers; empty where it was begun."""
    client.cookies.pop("session", None)
    answer = client.post(url("report"), {"category": "payment"})
    return "" if answer.status_code == 302 else answer.content.decode()


def test_too_many_begun_ones_are_not_kept(monkeypatch):
    monkeypatch.setattr(limits, "DRAFTS", {"hour": 2, "day": 20})
    begun = [begin(visitor(number)) for number in range(3)]
    assert [SPENT in one for one in begun] == [False, False, True]
    assert begin(visitor(1, AWAY)) == ""


def test_a_browser_that_is_known_begins_in_a_network_where_too_many_do(monkeypatch, sokha):
    monkeypatch.setattr(limits, "DRAFTS", {"hour": 2, "day": 20})
    later = known_visitor()
    assert SPENT in [begin(visitor(number)) for number in range(3)][-1]
    assert begin(later) == ""


def test_one_browser_does_not_begin_all_of_them_in_its_network(monkeypatch):
    monkeypatch.setattr(limits, "DRAFTS_OF_BROWSER", {"hour": 2, "day": 20})
    monkeypatch.setattr(limits, "DRAFTS", {"hour": 4, "day": 20})
    client = visitor()
    assert [bool(begin(client)) for _ in range(9)] == [False] * 2 + [True] * 7
    assert begin(visitor()) == ""


def test_what_was_refused_in_an_hour_uses_up_no_day(clock, monkeypatch):
    monkeypatch.setattr(limits, "DRAFTS", {"hour": 2, "day": 8})
    for number in range(9):
        begin(visitor(number))
    clock.shift(timedelta(hours=1))
    assert begin(visitor()) == ""


def test_no_address_is_kept():
    flood()
    assert "203.0.113" not in str(list(Grievance.objects.values()))


def test_to_one_report_so_much_is_added_and_then_it_waits(clock, tell):
    grievance = tell()
    client = visitor()
    follow(client, grievance)
    page = ""
    for number in range(8):
        answer = client.post(url("grievance", grievance.reference), {"words": f"more {number}"}, follow=True)
        page = answer.content.decode()
    assert GrievanceEvent.objects.filter(step="add").count() == 5
    assert "Much was added to this report already. Wait 60 minutes" in page
    assert "more 7" in page
    clock.shift(timedelta(hours=1))
    follow(client, grievance, pin_of(grievance))
    client.post(url("grievance", grievance.reference), {"words": "at last"})
    assert GrievanceEvent.objects.filter(step="add").count() == 6

"""The PIN is not lost while the number for news is confirmed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge
from grievances import pins
from grievances.models import Grievance
from tests.applications.helpers import sign_in
from tests.grievances.test_pages import fill, follow, pin_of, url

pytestmark = pytest.mark.django_db
PHONE = "012 000 111"
NOON = datetime(2026, 11, 23, 12, 10, tzinfo=ZoneInfo("Asia/Phnom_Penh"))


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def told(operators, client) -> Grievance:
    """Reported in this browser, and the page with the PIN was left to confirm the phone."""
    fill(client, contact={"phone": PHONE})
    assert client.get(url("reported")).status_code == 200
    return Grievance.objects.get()


def pin_shown(grievance: Grievance, page: str) -> bool:
    return grievance.reference in page and pins.grouped(pin_of(grievance)) in page


def confirm(client: Client, grievance: Grievance, language: str = "en"):
    client.post(url("confirm_phone", grievance.reference, language=language))
    code = codes.code_of(PhoneChallenge.objects.get(purpose="contact"))
    page = url("confirm_phone_code", grievance.reference, language=language)
    return client.post(page, {"code": code}, follow=True)


@pytest.mark.parametrize("language", ["km", "en"])
def test_reference_and_pin_stand_on_the_pages_of_the_code(told, client, language):
    for name in ("confirm_phone", "confirm_phone_code"):
        page = client.get(url(name, told.reference, language=language)).content.decode()
        assert pin_shown(told, page), name
        client.post(url("confirm_phone", told.reference, language=language))


@pytest.mark.parametrize("language", ["km", "en"])
def test_and_once_more_when_the_number_is_confirmed(told, client, language):
    page = confirm(client, told, language)
    assert page.status_code == 200
    assert pin_shown(told, page.content.decode())
    if language == "en":
        assert "The number is confirmed" in page.content.decode()
        assert "the PIN you were shown before" in page.content.decode()
    client.post(url("reported"))
    # Noted: the next user of this computer does not find it.
    assert client.get(url("reported")).url == url("follow")
    told.refresh_from_db()
    assert told.phone_confirmed_at


def test_a_code_that_comes_late_still_ends_with_the_pin(told, client, clock):
    client.post(url("confirm_phone", told.reference))
    challenge = PhoneChallenge.objects.get()
    clock.shift(timedelta(minutes=9, seconds=59))
    page = client.post(
        url("confirm_phone_code", told.reference), {"code": codes.code_of(challenge)}, follow=True
    )
    assert pin_shown(told, page.content.decode())


def test_the_pages_of_the_code_show_it_ten_minutes(told, client, clock):
    clock.shift(timedelta(minutes=11))
    page = client.get(url("confirm_phone", told.reference)).content.decode()
    assert "You can always read the answer" in page
    assert not pin_shown(told, page)


def test_who_says_it_is_written_down_leaves_nothing_behind(told, client):
    client.post(url("reported"))
    assert client.get(url("confirm_phone", told.reference)).url == url("follow")


def test_nor_is_it_shown_again_on_a_page_that_was_never_opened(operators, client):
    fill(client, contact={"phone": PHONE})
    client.post(url("reported"))
    assert client.get(url("reported")).url == url("follow")


TEN_MINUTES = {"en": "10 minutes", "km": "10 នាទី"}
BUTTON = {"en": "“I have written it down”", "km": "«ខ្ញុំបានកត់ត្រារួចហើយ»"}
ONLY_NOW = {"en": ("only now", "only once"), "km": ("បង្ហាញតែពេលនេះ", "បង្ហាញតែម្តង")}


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("phone", ["", PHONE])
def test_the_pages_say_how_long_this_browser_shows_it(operators, client, language, phone):
    fill(client, contact={"phone": phone})
    pages = [client.get(url("reported", language=language)), client.get(f"/{language}/help/grievance/")]
    for page in pages:
        words = page.content.decode()
        assert BUTTON[language] in words
        assert TEN_MINUTES[language] in words
        assert not [one for one in ONLY_NOW[language] if one in words]


@pytest.mark.parametrize("language", ["km", "en"])
def test_so_do_the_pages_of_the_code(told, client, language):
    for name in ("confirm_phone", "confirm_phone_code"):
        page = client.get(url(name, told.reference, language=language)).content.decode()
        assert TEN_MINUTES[language] in page, name
        client.post(url("confirm_phone", told.reference, language=language))


def test_the_number_confirmed_after_ten_minutes_shows_it_no_more(told, client, clock):
    """On a shared phone the next user could enter their own number, and read the code."""
    clock.shift(timedelta(minutes=11))
    page = confirm(client, told)
    assert page.redirect_chain[-1][0] == url("follow")
    assert "The number is confirmed" in page.content.decode()
    assert not pin_shown(told, page.content.decode())
    told.refresh_from_db()
    assert told.phone_confirmed_at


def test_confirmed_at_the_last_moment_it_is_shown_no_longer_either(told, client, clock):
    clock.shift(timedelta(minutes=9))
    client.post(url("confirm_phone", told.reference))
    code = codes.code_of(PhoneChallenge.objects.get())
    client.post(url("confirm_phone_code", told.reference), {"code": code})
    clock.shift(timedelta(minutes=2))
    assert client.get(url("reported")).url == url("follow")


def test_another_browser_sees_no_pin(told):
    assert Client().get(url("confirm_phone", told.reference)).url == url("follow")


def test_who_came_by_the_pin_is_not_shown_it_again(operators, tell, client):
    grievance = tell(phone="+85512000111")
    follow(client, grievance)
    page = client.get(url("confirm_phone", grievance.reference)).content.decode()
    assert not pin_shown(grievance, page)
    assert confirm(client, grievance).redirect_chain[-1][0] == url("grievance", grievance.reference)


def test_who_signs_in_meanwhile_is_not_shown_what_the_visitor_before_told(told, client, sokha):
    """Another person at the same browser."""
    client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    assert client.get(url("confirm_phone", told.reference)).url == url("follow")


def test_signed_in_without_a_name_it_is_the_same(operators, person, sokha):
    browser = sign_in(sokha)
    fill(browser, contact={"phone": PHONE, "unnamed": "on"})
    browser.get(url("reported"))
    grievance = Grievance.objects.get()
    assert grievance.reported_by is None
    assert pin_shown(grievance, confirm(browser, grievance).content.decode())


def test_a_page_with_the_pin_that_was_never_seen_is_nobody_elses(operators, client, sokha):
    """The connection drops after sending; somebody else signs in on that phone."""
    fill(client, contact={"phone": PHONE})
    grievance = Grievance.objects.get()
    client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    for path in (url("reported"), url("report_question", "contact")):
        assert not pin_shown(grievance, client.get(path, follow=True).content.decode())


def test_it_is_not_shown_after_ten_minutes(operators, client, clock):
    fill(client, contact={"phone": PHONE})
    clock.shift(timedelta(minutes=11))
    assert not pin_shown(Grievance.objects.get(), client.get(url("reported"), follow=True).content.decode())


def test_what_the_page_posts_back_is_nobody_elses(operators, client, sokha):
    fill(client, contact={"phone": PHONE})
    client.get(url("reported"))
    client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    page = client.post(url("reported"), {"_switch": "km"}, follow=True)
    assert not pin_shown(Grievance.objects.get(), page.content.decode())

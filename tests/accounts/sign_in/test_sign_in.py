"""The sign-in of citizens, seen from the browser."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.notifications.models import Message

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["012 345 678", "០១២ ៣៤៥ ៦៧៨", "+855 12 345 678", "855-12-345-678"])
def test_a_number_seen_first_becomes_an_account_when_its_code_is_confirmed(client, signing, phone, typed):
    assert signing.ask(client, typed).status_code == 302
    assert not User.objects.exists()
    response = signing.answer(client, signing.code_in(client))
    assert response.url == "/en/my/"
    assert User.objects.get().phone == phone
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)


def test_the_code_is_taken_in_khmer_digits(client, signing):
    signing.ask(client)
    khmer = signing.code_in(client).translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
    signing.answer(client, f" {khmer[:3]} {khmer[3:]}")
    assert "_auth_user_id" in client.session


def test_signing_in_returns_to_the_page_one_came_from(client, signing):
    signing.ask(client, next="/en/register/names/?again=1")
    assert signing.answer(client, signing.code_in(client)).url == "/en/register/names/?again=1"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_signing_in_never_leads_to_another_site(client, signing, target):
    signing.ask(client, next=target)
    assert signing.answer(client, signing.code_in(client)).url == "/en/my/"


def test_a_wrong_code_tells_how_many_tries_are_left_and_keeps_what_was_typed(client, signing):
    signing.ask(client)
    wrong = signing.wrong(signing.code_in(client))
    page = signing.answer(client, wrong).content.decode()
    assert "You can try 4 more times" in page
    assert wrong in page


def test_after_five_wrong_codes_the_right_one_is_refused(client, signing):
    signing.ask(client)
    right = signing.code_in(client)
    for _ in range(5):
        page = signing.answer(client, signing.wrong(right)).content.decode()
    assert "Ask for a new code" in page
    signing.answer(client, right)
    assert "_auth_user_id" not in client.session


def test_a_code_is_over_after_ten_minutes(client, signing):
    signing.ask(client)
    code = signing.code_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        page = signing.answer(client, code).content.decode()
    assert "can no longer be used" in page
    assert "_auth_user_id" not in client.session


def test_a_code_still_works_just_before_the_ten_minutes(client, signing):
    signing.ask(client)
    code = signing.code_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=9, seconds=55)):
        signing.answer(client, code)
    assert "_auth_user_id" in client.session


def test_a_used_code_does_not_sign_in_again(client, signing):
    signing.ask(client)
    kept, code = dict(client.session["sign_in"]), signing.code_in(client)
    signing.answer(client, code)
    thief = Client()
    session = thief.session
    session["sign_in"] = kept
    session.save()
    signing.answer(thief, code)
    assert "_auth_user_id" not in thief.session


def test_a_code_works_only_in_the_browser_that_asked_for_it(client, signing):
    signing.ask(client)
    code = signing.code_in(client)
    stranger = Client()
    stranger.get("/en/sign-in/")
    assert signing.answer(stranger, code).url == "/en/sign-in/"
    session = stranger.session
    session["sign_in"] = {**client.session["sign_in"], "browser": "of the stranger"}
    session.save()
    assert signing.answer(stranger, code).url == "/en/sign-in/"
    assert "_auth_user_id" not in stranger.session


def test_the_code_of_another_phone_is_a_wrong_code(client, signing):
    neighbour = Client()
    signing.ask(client)
    signing.ask(neighbour, "012 345 679")
    theirs = signing.code_in(neighbour)
    page = signing.answer(client, theirs).content.decode()
    assert "You can try 4 more times" in page
    assert "_auth_user_id" not in client.session
    signing.answer(neighbour, theirs)
    assert User.objects.get().phone == "+85512345679"


def test_a_strangers_guesses_leave_an_open_session_alone(client, signing, sokha):
    client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    stranger = Client()
    signing.ask(stranger)
    for _ in range(6):
        signing.answer(stranger, signing.wrong(signing.code_in(stranger)))
    assert client.get("/en/my/sessions/").status_code == 200


def test_a_double_click_on_the_right_code_ends_signed_in(client, signing):
    signing.ask(client)
    code = signing.code_in(client)
    signing.answer(client, code)
    assert signing.answer(client, code).status_code == 302
    assert User.objects.count() == 1


def test_going_back_to_the_first_page_sends_no_second_message(client, signing):
    signing.ask(client)
    assert signing.ask(client).url == "/en/sign-in/code/"
    assert Message.objects.count() == 1


def test_a_number_of_another_country_is_refused_and_kept_in_the_box(client, signing):
    page = signing.ask(client, "+66 81 234 5678").content.decode()
    assert "Enter a Cambodian phone number" in page
    assert "+66 81 234 5678" in page
    assert not PhoneChallenge.objects.exists()


def test_switching_the_language_keeps_the_number_and_sends_nothing(client):
    page = client.post("/km/sign-in/", {"phone": "012 34", "_switch": "km"}).content.decode()
    assert "012 34" in page
    assert not Message.objects.exists()


def test_the_session_cookie_changes_at_sign_in(client, signing):
    signing.ask(client)
    before = client.session.session_key
    signing.answer(client, signing.code_in(client))
    assert client.session.session_key != before


def test_text_messages_follow_the_language_one_signed_in_with(client, signing, sokha):
    assert sokha.language == "km"
    signing.ask(client)
    signing.answer(client, signing.code_in(client))
    sokha.refresh_from_db()
    assert sokha.language == "en"


def twice(client):
    """Two copies of the browser, as at the two clicks of a double click: neither has an answer yet."""
    first, second = Client(), Client()
    for one in (first, second):
        one.cookies = client.cookies.copy()
    return first, second


def test_a_double_click_on_the_first_page_ends_at_the_code(client, signing):
    client.get("/en/sign-in/")
    first, second = twice(client)
    assert signing.ask(first).url == signing.ask(second).url == "/en/sign-in/code/"
    assert Message.objects.count() == 1
    assert PhoneChallenge.objects.count() == 1
    signing.answer(second, signing.code_in(first))
    assert "_auth_user_id" in second.session


def test_two_browsers_that_ask_at_once_have_each_their_own_challenge(signing):
    mine, strange = Client(), Client()
    for one in (mine, strange):
        one.get("/en/sign-in/")
    signing.ask(mine)
    signing.ask(strange)
    assert "sign_in" not in strange.session
    assert signing.answer(strange, signing.code_in(mine)).url == "/en/sign-in/"


def test_opening_the_page_creates_no_session(client):
    for page in ("/en/sign-in/", "/en/sign-in/?next=/en/my/", "/km/sign-in/"):
        assert "session" not in client.get(page).cookies
    assert not Session.objects.exists()

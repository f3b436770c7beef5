"""Passkeys with a virtual authenticator, and the warning before a session ends."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import Passkey, PhoneChallenge, PhoneEvent, User
from dsp_platform.accounts.sessions.store import SessionStore
from tests.browser.conftest import PHONE
from tests.browser.people import press, tell

Opener = Callable[..., Page]


def site(page: Page) -> str:
    return page.url.split("/km/")[0].split("/en/")[0]


def sign_in(page: Page, number: str = "012 345 678") -> None:
    tell(page, {"phone": number})
    challenge = PhoneChallenge.objects.filter(purpose="sign_in").latest("created_at")
    tell(page, {"code": codes.code_of(challenge)})


def phone_with_a_lock(page: Page) -> None:
    """Chromium then stores passkeys like a phone, and verifies the user itself."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def press_passkey(page: Page) -> None:
    with page.expect_navigation():
        page.locator("[data-passkey] button").click()


@pytest.fixture
def citizen(transactional_db, areas) -> User:
    return User.objects.create_citizen(phone="+85512345678", language="km")


def with_passkey(open_page: Opener) -> Page:
    page = open_page("/en/sign-in/?next=/en/my/account/passkeys/add/", PHONE)
    phone_with_a_lock(page)
    sign_in(page)
    page.fill("[name=name]", "ទូរសព្ទខ្ញុំ")
    press_passkey(page)
    assert page.url.endswith("/en/my/account/"), page.inner_text("main")
    assert "ទូរសព្ទខ្ញុំ" in page.inner_text("main")
    return page


def sign_out(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()


def test_a_passkey_is_added_signs_in_and_opens_nothing_once_removed(citizen, open_page):
    page = with_passkey(open_page)
    sign_out(page)
    page.goto(site(page) + "/en/sign-in/?next=/en/my/account/")
    press_passkey(page)
    assert page.url.endswith("/en/my/account/")

    page.get_by_role("link", name="Remove").click()
    press(page)
    assert not Passkey.objects.exists()
    sign_out(page)
    page.goto(site(page) + "/en/sign-in/")
    press_passkey(page)
    assert "This passkey could not be used" in page.inner_text("main")


def test_a_fresh_proof_by_passkey(citizen, open_page):
    page = with_passkey(open_page)
    age_proof(11)
    page.goto(site(page) + "/en/my/account/phone/")
    assert "/confirm/" in page.url
    press_passkey(page)
    assert page.url.endswith("/en/my/account/phone/")


def test_a_phone_without_a_passkey_says_so_and_the_code_still_works(citizen, open_page):
    page = open_page("/en/sign-in/?next=/en/my/account/", PHONE)
    phone_with_a_lock(page)
    page.locator("[data-passkey] button").click()
    page.locator("[data-passkey-problem]").wait_for(state="visible")
    sign_in(page)
    assert page.url.endswith("/en/my/account/")


def test_without_scripts_nothing_speaks_of_passkeys(citizen, open_page):
    page = open_page("/en/sign-in/", PHONE, scripts=False)
    assert not page.locator("[data-passkey]").is_visible()
    sign_in(page)
    page.goto(site(page) + "/en/my/account/passkeys/add/")
    assert "cannot keep a passkey" in page.inner_text("main")


def age_proof(minutes: int) -> None:
    from_all_sessions(lambda data: data.update(proved_at=data["proved_at"] - minutes * 60))


def end_by_idling() -> None:
    from_all_sessions(lambda data: data.update(seen_at=data["seen_at"] - 31 * 60))


def from_all_sessions(change: Callable[[dict], None]) -> None:
    for row in Session.objects.all():
        data = SessionStore().decode(row.session_data)
        if "signed_in_at" in data:
            change(data)
            row.session_data = SessionStore().encode(data)
            row.save()


def test_two_minutes_before_the_end_it_is_said_and_one_may_stay(citizen, open_page):
    page = open_page("/en/sign-in/?next=/en/my/account/", PHONE)
    page.clock.install()
    sign_in(page)
    warning = page.locator("#session-warning")
    page.clock.run_for(27 * 60 * 1000)
    assert not warning.is_visible()
    page.clock.run_for(70 * 1000)
    assert warning.is_visible()
    with page.expect_response(lambda answer: answer.ok):
        warning.locator("button").click()
    warning.wait_for(state="hidden")
    page.clock.run_for(27 * 60 * 1000)
    assert not warning.is_visible()
    page.clock.run_for(70 * 1000)
    assert warning.is_visible()


def test_who_is_signed_out_comes_back_to_the_same_step_with_nothing_lost(citizen, open_page):
    page = open_page("/en/sign-in/?next=/en/my/account/phone/", PHONE)
    sign_in(page)
    page.fill("[name=phone]", "012 999")
    end_by_idling()
    PhoneEvent.objects.all().delete()  # codes are at least a minute apart
    with page.expect_navigation():
        page.locator("main form#main button").click()
    assert "ended=idle" in page.url
    sign_in(page)
    assert page.url.endswith("/en/my/account/phone/")
    assert page.input_value("[name=phone]") == "012 999"

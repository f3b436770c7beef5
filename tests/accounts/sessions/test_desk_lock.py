"""An idle desk locks; the second factor of the same official unlocks it, and nothing typed is lost."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import AssistedSession, TOTPDevice
from dsp_platform.accounts.sessions import desk_lock
from dsp_platform.audit.models import AuditEvent

pytestmark = pytest.mark.django_db

COUNTER, LOCK = "/en/counter/", "/en/counter/lock/"
OF_COUNTER = f"{LOCK}?next=%2Fen%2Fcounter%2F"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        yield clock


@pytest.fixture
def clerk(signing, commune_clerk, clock):
    return signing.verified(Client(), commune_clerk)


@pytest.fixture
def idle(clerk, clock):
    clock.shift(timedelta(minutes=10, seconds=1))
    return clerk


@pytest.fixture
def unlock(signing):
    return lambda client, **more: client.post(OF_COUNTER, {"otp_token": signing.token(), **more})


def test_an_idle_desk_is_locked_whatever_page_is_asked_for(idle):
    assert idle.get(COUNTER).url == OF_COUNTER
    assert idle.get("/en/programmes/").url.startswith(LOCK)
    assert AuditEvent.objects.get(action="lock_desk").reason == "idle"


def test_the_page_of_a_locked_desk_shows_neither_case_nor_form(idle, commune_clerk, areas):
    open_assisted_session(official=commune_clerk, subject_id=None, reason="register", consent_text="x")
    page = idle.get(idle.get(COUNTER).url).content.decode()
    assert "The desk is locked" in page
    assert 'class="banner"' not in page


def test_the_second_factor_leads_back_to_the_page(idle, unlock, areas):
    idle.get(COUNTER)
    assert unlock(idle).url == COUNTER
    assert idle.get(COUNTER).status_code == 200
    assert AuditEvent.objects.filter(action="unlock_desk").count() == 1


def test_what_was_typed_when_the_desk_locked_is_there_again(idle, unlock, areas):
    answer = idle.post(COUNTER, {"query": "សុខា"})
    assert answer.url == OF_COUNTER
    assert not AuditEvent.objects.filter(action="search").exists()
    unlock(idle)
    assert 'value="សុខា"' in idle.get(COUNTER).content.decode()


def test_the_button_locks_and_keeps_what_was_typed(clerk, clock, unlock, areas):
    assert clerk.post(COUNTER, {"query": "សុខា", "_lock": "yes"}).url == OF_COUNTER
    assert clerk.get(COUNTER).url == OF_COUNTER
    assert AuditEvent.objects.get(action="lock_desk").reason == "button"
    assert unlock(clerk).url == COUNTER
    assert 'value="សុខា"' in clerk.get(COUNTER).content.decode()


def test_a_page_without_a_form_has_the_button_too(clerk):
    page = clerk.get("/en/my/sessions/").content.decode()
    assert f'action="{LOCK}"' in page
    headers = {"referer": "http://testserver/en/my/sessions/"}
    assert clerk.post(LOCK, {"_lock": "yes"}, headers=headers).url == f"{LOCK}?next=%2Fen%2Fmy%2Fsessions%2F"


def test_the_case_goes_on_after_the_lock(clerk, clock, unlock, commune_clerk, areas):
    session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="register", consent_text="x"
    )
    clock.shift(timedelta(minutes=12))
    clerk.get(COUNTER)
    unlock(clerk)
    assert clerk.get(COUNTER).wsgi_request.assisted_session == session


def test_a_wrong_code_opens_nothing_and_five_of_them_sign_out(idle, commune_clerk, signing, clock):
    session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="register", consent_text="x"
    )
    idle.get(COUNTER)
    for _ in range(desk_lock.MOST_TRIES - 1):
        clock.shift(timedelta(minutes=1))
        page = idle.post(OF_COUNTER, {"otp_token": signing.wrong(signing.token())}).content.decode()
        assert "The code is not right" in page
        assert idle.get(COUNTER).url == OF_COUNTER
    clock.shift(timedelta(minutes=1))
    wrong = idle.post(OF_COUNTER, {"otp_token": signing.wrong(signing.token())})
    assert wrong.url == "/en/counter/sign-in/"
    assert "_auth_user_id" not in idle.session
    session.refresh_from_db()
    assert session.end == AssistedSession.End.SIGNED_OUT
    assert AuditEvent.objects.filter(action="unlock_failed").count() == desk_lock.MOST_TRIES


def test_the_code_of_another_official_does_not_unlock(idle, other_clerk):
    key = "35" * 20
    TOTPDevice.objects.create(user=other_clerk, name="app", key=key, confirmed=True)
    idle.get(COUNTER)
    idle.post(OF_COUNTER, {"otp_token": f"{totp(bytes.fromhex(key)):06}"})
    assert idle.get(COUNTER).url == OF_COUNTER


def test_for_another_official_nothing_of_the_first_remains(idle, commune_clerk, other_clerk, signing, areas):
    """Neither their case nor what they had typed."""
    session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="register", consent_text="x"
    )
    idle.post(COUNTER, {"query": "សុខា"})
    assert idle.post("/en/sign-out/", {"another": "yes"}).url == "/en/counter/sign-in/"
    session.refresh_from_db()
    assert session.end == AssistedSession.End.SIGNED_OUT
    signing.verified(idle, other_clerk)
    page = idle.get(COUNTER)
    assert page.wsgi_request.assisted_session is None
    assert "សុខា" not in page.content.decode()


def test_a_desk_locked_for_an_hour_is_signed_out(idle, clock):
    idle.get(COUNTER)
    clock.shift(timedelta(minutes=51))
    assert idle.get(COUNTER).url.startswith("/en/counter/sign-in/")


def test_looking_at_the_lock_does_not_keep_the_session(idle, clock):
    idle.get(COUNTER)
    for _ in range(3):
        clock.shift(timedelta(minutes=17))
        answer = idle.get(OF_COUNTER)
    assert answer.url.startswith("/en/counter/sign-in/")


def test_no_citizen_has_a_lock(sokha, signing, clock):
    client = signing.citizen_client(sokha)
    assert "_lock" not in client.get("/en/my/sessions/").content.decode()
    assert client.get(LOCK).status_code == 302
    client.post("/en/my/sessions/", {"_lock": "yes"})
    assert client.get("/en/my/sessions/").status_code == 200


def test_a_page_that_was_not_locked_only_leads_on(clerk, areas):
    assert clerk.get(OF_COUNTER).url == COUNTER


def test_without_scripts_a_page_without_a_form_leaves_the_screen(clerk, areas):
    page = clerk.get("/en/my/sessions/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="605;' in page
    assert "http-equiv" not in clerk.get(COUNTER).content.decode()  # what is typed there would be lost

"""Rate limits counted in the database, whatever the browser does."""

import contextlib
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.codes.retention import purge
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.errors import TooManySent
from dsp_platform.accounts.models import PhoneEvent
from dsp_platform.encryption import crypto
from dsp_platform.notifications.models import Message
from dsp_platform.web.addresses import network_of

pytestmark = pytest.mark.django_db
NETWORK = crypto.digest("network of a request", network_of("127.0.0.1"))


def sent() -> int:
    return Message.objects.count()


def ask_from_new_browser(signing) -> str:
    return signing.ask(Client()).content.decode()


def test_one_message_a_minute(signing):
    ask_from_new_browser(signing)
    page = ask_from_new_browser(signing)
    assert "A code was sent to this number a moment ago" in page
    assert "<title>Error:" in page
    assert sent() == 1


def test_a_resend_waits_for_the_minute_too_and_says_so(client, signing):
    signing.ask(client)
    page = client.post("/en/sign-in/code/", {"resend": "1"}, follow=True).content.decode()
    assert "Wait 60 seconds, then ask again" in page
    assert sent() == 1


def send(phone, purpose, account=None):
    return codes.send_code(phone=phone, browser="b", language="km", purpose=purpose, account=account)


@pytest.mark.parametrize("first", list(Purpose))
@pytest.mark.parametrize("then", list(Purpose))
def test_the_minute_is_that_of_a_purpose(sokha, phone, first, then):
    send(phone, first, sokha)
    if first == then:
        with pytest.raises(TooManySent) as waits:
            send(phone, then, sokha)
        assert timedelta(0) < waits.value.wait <= timedelta(seconds=60)
    else:
        send(phone, then, sokha)


def test_all_purposes_together_do_not_flood_a_phone(sokha, phone):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for most in (4, 8, 8, 8):
            for purpose in Purpose:
                with contextlib.suppress(TooManySent):
                    send(phone, purpose, sokha)
            assert sent() == most
            clock.shift(timedelta(minutes=31))


def test_four_messages_in_half_an_hour(signing):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            ask_from_new_browser(signing)
            clock.shift(timedelta(seconds=61))
        assert "Wait 26 minutes" in ask_from_new_browser(signing)
        assert sent() == 4
        clock.shift(timedelta(minutes=27))
        ask_from_new_browser(signing)
        assert sent() == 5


def test_eight_messages_a_day(signing):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(8):
            ask_from_new_browser(signing)
            clock.shift(timedelta(minutes=31))
        page = ask_from_new_browser(signing)
        assert "Too many codes were sent to this number" in page
        assert "Wait 20 hours" in page
        assert sent() == 8


def test_one_phone_does_not_use_up_the_messages_of_another(signing):
    ask_from_new_browser(signing)
    assert signing.ask(Client(), "012 345 679").status_code == 302


def test_ten_wrong_codes_an_hour_close_the_phone_for_guesses_and_new_codes(signing):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(2):
            client = Client()
            signing.ask(client)
            for _ in range(5):
                signing.answer(client, signing.wrong(signing.code_in(client)))
            clock.shift(timedelta(seconds=61))
        assert PhoneEvent.objects.filter(kind="wrong").count() == 10
        assert "Too many wrong codes" in ask_from_new_browser(signing)
        clock.shift(timedelta(hours=1))
        client = Client()
        signing.ask(client)
        signing.answer(client, signing.code_in(client))
        assert "_auth_user_id" in client.session


@pytest.mark.parametrize("network", [None, NETWORK], ids=["elsewhere", "here"])
def test_a_code_that_a_browser_waits_for_is_accepted_whatever_others_type(signing, phone, network):
    client = Client()
    signing.ask(client)
    for _ in range(10):
        PhoneEvent.objects.create(phone=phone, kind="wrong", network=network)
    signing.answer(client, signing.code_in(client))
    assert "_auth_user_id" in client.session


def test_after_five_wrong_tries_a_resend_brings_a_new_code(client, signing):
    signing.ask(client)
    old = signing.code_in(client)
    for _ in range(5):
        signing.answer(client, signing.wrong(old))
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        client.post("/en/sign-in/code/", {"resend": "1"})
        new = signing.code_in(client)
        assert new != old
        signing.answer(client, new)
    assert "_auth_user_id" in client.session


def test_the_limits_are_forgotten_when_they_no_longer_count(signing, phone):
    PhoneEvent.objects.create(phone=phone, kind="sent", at=timezone.now() - timedelta(days=3))
    kept = PhoneEvent.objects.create(phone=phone, kind="sent")
    purge()
    assert list(PhoneEvent.objects.all()) == [kept]


@pytest.mark.parametrize(("kind", "count"), [("wrong", 10), ("sent", 8)])
def test_strangers_do_not_use_up_what_a_known_browser_has(client, signing, phone, kind, count):
    signing.ask(client)
    signing.answer(client, signing.code_in(client))
    client.post("/en/sign-out/")
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        for _ in range(count):
            at = timezone.now() - timedelta(minutes=40)
            PhoneEvent.objects.create(phone=phone, kind=kind, at=at, network=NETWORK)
        assert signing.ask(Client()).status_code == 200
        assert signing.ask(client).status_code == 302
        signing.answer(client, signing.code_in(client))
    assert "_auth_user_id" in client.session

"""Strangers in other networks cannot lock anybody out, and many networks together cannot guess a code."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.codes import limits
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneEvent
from dsp_platform.notifications.models import Message

pytestmark = pytest.mark.django_db
HOME = "203.0.113.5"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def client_at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def stranger(network: int) -> Client:
    return client_at(f"198.51.{network}.7")


def guess(signing, client: Client) -> None:
    for _ in range(codes.TRIES):
        signing.answer(client, signing.wrong(signing.code_in(client)))


def signs_in(signing, client: Client) -> bool:
    if signing.ask(client).status_code != 302:
        return False
    signing.answer(client, signing.code_in(client))
    return "_auth_user_id" in client.session


def test_wrong_codes_elsewhere_keep_nobody_out(signing, clock):
    for _ in range(2):
        client = stranger(1)
        signing.ask(client)
        guess(signing, client)
        clock.shift(timedelta(seconds=62))
    assert signing.ask(stranger(1)).status_code == 200
    assert signs_in(signing, client_at(HOME))


def test_nor_do_codes_that_were_asked_for_elsewhere(signing, clock):
    for _ in range(8):
        signing.ask(stranger(1))
        clock.shift(timedelta(minutes=31))
    assert signing.ask(stranger(1)).status_code == 200
    assert signs_in(signing, client_at(HOME))


def test_nor_the_minute_after_one_of_them(signing, clock):
    signing.ask(stranger(1))
    assert signs_in(signing, client_at(HOME))


def test_what_a_subscriber_can_change_of_an_address_is_one_network(signing, clock):
    signing.ask(client_at("198.51.100.7"))
    assert signing.ask(client_at("198.51.100.8")).status_code == 200
    signing.ask(client_at("2001:db8:0:100::1"))
    assert signing.ask(client_at("2001:db8:0:1ff::1")).status_code == 200


def test_all_networks_together_guess_120_times_a_day(signing, clock):
    """The chance of guessing the code of one number that all try is 1 in 8,333 a day; its phone gets 24
    texts.
    """
    began = timezone.now()
    for number in range(30):
        client = stranger(number)
        if signing.ask(client).status_code == 302:
            guess(signing, client)
        clock.shift(timedelta(minutes=47))
    assert timezone.now() - began < timedelta(days=1)
    assert Message.objects.count() == limits.SENT_LIMIT_ALL_NETWORKS[1] == 24
    assert PhoneEvent.objects.filter(kind="wrong").count() == 120
    assert 120 / 10**codes.DIGITS < 1 / 8_333


def test_then_a_browser_that_is_known_still_gets_its_code(signing, phone, clock):
    client = client_at(HOME)
    assert signs_in(signing, client)
    client.post("/en/sign-out/")
    clock.shift(timedelta(minutes=2))
    for _ in range(24):
        PhoneEvent.objects.create(phone=phone, kind="sent")
    assert signing.ask(client_at(HOME)).status_code == 200
    assert signs_in(signing, client)


def test_and_so_is_a_code_that_was_sent_before(signing, phone, clock):
    client = client_at(HOME)
    signing.ask(client)
    for _ in range(24):
        PhoneEvent.objects.create(phone=phone, kind="sent")
    signing.answer(client, signing.code_in(client))
    assert "_auth_user_id" in client.session

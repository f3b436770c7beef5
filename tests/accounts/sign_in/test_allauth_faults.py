"""Regression tests for the faults of allauth's own phone sign-in (docs/adr/0002)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from dsp_platform.accounts.models import PhoneChallenge, User
from dsp_platform.notifications import delivery
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.providers.fake import Accepts

pytestmark = pytest.mark.django_db


@pytest.fixture
def outbox(settings):
    settings.SMS_PROVIDER = "fake_accepts"
    Accepts.sent.clear()
    return Accepts.sent


def test_known_and_unknown_numbers_get_the_same_pages(sokha, signing):
    known, unknown = Client(), Client()
    assert signing.ask(known, "012 345 678").url == signing.ask(unknown, "012 345 679").url
    pages = [
        client.get("/en/sign-in/code/").content.decode().replace(number, "N")
        for client, number in ((known, "012 345 678"), (unknown, "012 345 679"))
    ]
    lines = [[line for line in page.splitlines() if "csrf" not in line] for page in pages]
    assert lines[0] == lines[1]


def test_known_and_unknown_numbers_cost_the_same_queries(sokha, signing):
    counts = []
    for number in ("012 345 678", "012 345 679"):
        with CaptureQueriesContext(connection) as queries:
            signing.ask(Client(), number)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_resend_for_an_unknown_number_is_answered_like_any_other(client, signing):
    signing.ask(client)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        response = client.post("/en/sign-in/code/", {"resend": "1"})
    assert response.status_code == 302
    assert Message.objects.count() == 2


def test_a_resend_carries_the_same_code(client, signing):
    signing.ask(client)
    before = signing.code_in(client)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        client.post("/en/sign-in/code/", {"resend": "1"})
        assert signing.code_in(client) == before


def test_many_people_behind_one_address_are_all_served(signing):
    # Carriers share addresses: there is no limit by address that would leave an account without a message.
    for number in range(40):
        assert signing.ask(Client(), f"012 345 6{number:02}").status_code == 302
    assert Message.objects.count() == 40


def test_no_account_is_left_behind_by_a_code_that_was_never_confirmed(client, signing):
    signing.ask(client)
    signing.answer(client, signing.wrong(signing.code_in(client)))
    assert not User.objects.exists()


def test_the_code_stands_nowhere_in_session_or_database(client, signing):
    signing.ask(client)
    code = signing.code_in(client)
    assert code not in str(dict(client.session))
    challenge = PhoneChallenge.objects.get()
    stored = [
        str(getattr(challenge, field.attname)) for field in challenge._meta.fields if field.name != "phone"
    ]
    assert code not in " ".join(stored)
    assert code not in str(Message.objects.values())


def test_a_code_lives_ten_minutes(client, signing):
    signing.ask(client)
    challenge = PhoneChallenge.objects.get()
    assert challenge.expires_at - challenge.created_at == timedelta(minutes=10)


def test_there_is_no_page_that_changes_a_phone(db):
    for name in ("account_change_phone", "account_verify_phone", "account_login", "account_signup"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_a_closed_account_gets_no_code_and_the_page_does_not_tell(sokha, signing, outbox):
    User.objects.filter(pk=sokha.pk).update(is_active=False)
    closed, other = Client(), Client()
    signing.ask(closed, "012 345 678")
    signing.ask(other, "012 345 679")
    delivery.sweep()
    assert [phone for phone, _ in outbox] == ["+85512345679"]
    assert closed.get("/en/sign-in/code/").status_code == 200


def test_a_closed_account_stays_closed_even_with_the_right_code(sokha, signing):
    client = Client()
    signing.ask(client)
    User.objects.filter(pk=sokha.pk).update(is_active=False)
    page = signing.answer(client, signing.code_in(client)).content.decode()
    assert "You cannot sign in with this number" in page
    assert "_auth_user_id" not in client.session

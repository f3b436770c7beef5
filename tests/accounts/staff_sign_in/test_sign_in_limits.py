"""Strangers cannot exhaust the server with password hashing, nor lock a member of staff out."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.audit.models import AuditEvent
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

DOORS = ("/en/counter/sign-in/", "/en/admin/login/")
SPENT = "Too many tries failed in your network"


@pytest.fixture
def hashes(monkeypatch):
    """Grows by one with each hash computed."""
    computed = []
    encode = MD5PasswordHasher.encode

    def counted(hasher, *args, **kwargs):
        computed.append(1)
        return encode(hasher, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    return computed


def sign_in(client, username, token="000000", password="wrong", door=DOORS[0], address="203.0.113.7"):
    typed = {"username": username, "password": password, "otp_token": token}
    return client.post(door, typed, REMOTE_ADDR=address).content.decode()


@pytest.fixture
def spend(monkeypatch):
    """Spends all that a network may fail, which is less than in production."""
    monkeypatch.setattr(throttle, "NETWORK_FAILURES", 6)

    def spending(address="203.0.113.{}"):
        for number in range(throttle.NETWORK_FAILURES):
            assert SPENT not in sign_in(Client(), f"nobody{number}", address=address.format(number))

    return spending


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("door", DOORS)
def test_a_network_that_failed_too_often_costs_no_hash_and_is_told_how_long(hashes, door, spend):
    spend()
    del hashes[:]
    page = sign_in(Client(), "anybody", door=door, address="203.0.113.99")
    assert SPENT in page
    assert "Wait 60 minutes" in page
    assert hashes == []


def test_it_is_said_in_khmer(spend):
    spend()
    assert "មានការព្យាយាមមិនជោគជ័យច្រើនពេក" in sign_in(Client(), "anybody", door="/km/counter/sign-in/")


def test_known_and_unknown_names_have_the_same_rate_limit(commune_clerk, signing, hashes, spend):
    signing.give_device(commune_clerk)
    spend()
    del hashes[:]
    assert SPENT in sign_in(Client(), "clerk.banteay", signing.token(), PASSWORD)
    assert hashes == []


def test_another_network_goes_on(commune_clerk, signing, spend):
    signing.give_device(commune_clerk)
    spend()
    client = Client()
    sign_in(client, "clerk.banteay", signing.token(), PASSWORD, address="203.0.114.7")
    assert is_in(client)


def test_a_network_of_ipv6_is_counted_as_one(spend):
    spend("2001:db8:0:1{:02x}::1")
    assert SPENT in sign_in(Client(), "anybody", address="2001:db8:0:1fa::7")


def test_the_rate_limit_resets(commune_clerk, signing, spend):
    signing.give_device(commune_clerk)
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        spend()
        clock.shift(timedelta(hours=1, seconds=1))
        sign_in(client, "clerk.banteay", signing.token(), PASSWORD)
    assert is_in(client)


def test_who_signed_in_before_in_this_browser_is_not_kept_out_by_the_network(commune_clerk, signing, spend):
    signing.give_device(commune_clerk)
    laptop = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(laptop, "clerk.banteay", signing.token(), PASSWORD)
        laptop.post("/en/sign-out/")
        spend()
        clock.shift(timedelta(seconds=31))
        sign_in(laptop, "clerk.banteay", signing.token(), PASSWORD)
    assert is_in(laptop)


def test_a_browser_that_is_known_for_one_name_is_limited_with_another(commune_clerk, signing, hashes, spend):
    signing.give_device(commune_clerk)
    laptop = Client()
    sign_in(laptop, "clerk.banteay", signing.token(), PASSWORD)
    laptop.post("/en/sign-out/")
    spend()
    del hashes[:]
    assert SPENT in sign_in(laptop, "somebody.else")
    assert hashes == []


def test_a_ministry_behind_one_address_signs_in_in_the_morning(signing, monkeypatch):
    """A tenth of a hundred people at browsers that are not known yet, and of the limit of production; every
    third mistypes once.
    """
    monkeypatch.setattr(throttle, "NETWORK_FAILURES", throttle.NETWORK_FAILURES // 10)
    for number in range(10):
        user = User.objects.create_staff(username=f"clerk{number}", password=PASSWORD, role=Role.OFFICIAL)
        signing.give_device(user)
        client = Client()
        if number % 3 == 0:
            sign_in(client, user.username, signing.token(), "mistyped")
        sign_in(client, user.username, signing.token(), PASSWORD)
        assert is_in(client), number


@pytest.mark.parametrize("who", ["known", "unknown", "closed", "not joined"])
def test_a_wrong_name_and_a_wrong_password_cost_one_hash_alike(commune_clerk, signing, hashes, who):
    signing.give_device(commune_clerk)
    if who == "closed":
        User.objects.filter(pk=commune_clerk.pk).update(is_active=False)
    if who == "not joined":
        commune_clerk.set_unusable_password()
        commune_clerk.save()
    del hashes[:]
    sign_in(Client(), "nobody" if who == "unknown" else "clerk.banteay")
    assert len(hashes) == 1


@pytest.mark.parametrize(
    ("username", "password", "right", "reason"),
    [
        ("clerk.banteay", "wrong", True, "password"),
        ("clerk.banteay", PASSWORD, False, "code"),
        ("nobody", PASSWORD, True, "unknown_name"),
    ],
)
def test_a_failed_sign_in_is_audited_without_what_was_typed(
    commune_clerk, signing, username, password, right, reason
):
    signing.give_device(commune_clerk)
    token = signing.token() if right else signing.wrong(signing.token())
    sign_in(Client(), username, token, password)
    event = AuditEvent.objects.get(action="sign_in_failed")
    assert event.reason == reason
    assert event.subject_id == (None if username == "nobody" else commune_clerk.pk)
    assert list(event.details) == ["network"]
    assert "203.0.113" not in str(event.details)


def test_a_sign_in_to_a_closed_account_is_audited(commune_clerk, signing):
    User.objects.filter(pk=commune_clerk.pk).update(is_active=False)
    sign_in(Client(), "clerk.banteay", "000000", PASSWORD)
    assert AuditEvent.objects.get(action="sign_in_failed").reason == "closed"


def test_right_credentials_on_the_wrong_page_are_audited(nssf_reviewer, signing):
    signing.give_device(nssf_reviewer)
    sign_in(Client(), "reviewer.nssf", signing.token(), PASSWORD)
    assert AuditEvent.objects.get(action="sign_in_failed").reason == "wrong_door"


def test_a_stranger_does_not_fill_the_audit(spend):
    spend()
    noted = AuditEvent.objects.count()
    for number in range(5):
        sign_in(Client(), f"more{number}")
    assert AuditEvent.objects.count() == noted
    assert AuditEvent.objects.filter(action="sign_in_budget_spent").count() == 1


def test_signing_out_is_audited(commune_clerk, signing):
    signing.verified(Client(), commune_clerk).post("/en/sign-out/")
    assert AuditEvent.objects.get(action="sign_out").actor == commune_clerk

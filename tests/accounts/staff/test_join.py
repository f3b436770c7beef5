"""A member of staff joins by a single-use link and sets password and second factor alone."""

import re
from base64 import b32decode, b32encode
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from dsp_platform.accounts.models import PRIVILEGED_ROLES, Role, TOTPDevice, User
from dsp_platform.accounts.staff import invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.accounts.staff_sign_in import throttle
from dsp_platform.audit.models import AuditEvent
from tests.accounts.sessions.test_database_leaks import columns_holding

pytestmark = pytest.mark.django_db

JOIN = "/{}/staff/join/"
CHOSEN = "four quiet river boats"


@pytest.fixture
def newcomer(steward):
    return staff.create_account(
        actor=steward, username="clerk.new", role=Role.OFFICIAL, full_name="សុខ ចាន់", area_code="010201",
        operator_code="",
    )  # fmt: skip


@pytest.fixture
def code(steward, newcomer):
    return invitations.invite(actor=steward, user=newcomer)


def enter(client, code, language="en"):
    return client.post(JOIN.format(language), {"code": code})


def shown_key(client, language="en") -> bytes:
    page = client.get(f"/{language}/staff/join/set-up/").content.decode()
    return b32decode(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", ""))


def set_up(client, language="en", **typed):
    values = {"new_code": f"{totp(shown_key(client, language)):06}", "password": CHOSEN, "again": CHOSEN}
    return client.post(f"/{language}/staff/join/set-up/", values | typed)


def refusals() -> list[str]:
    return list(AuditEvent.objects.filter(action="join_refused").values_list("reason", flat=True))


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_newcomer_sets_password_and_app_and_is_signed_in(client, newcomer, code, language):
    assert enter(client, code, language).url == f"/{language}/staff/join/set-up/"
    assert set_up(client, language).url == f"/{language}/counter/"
    assert client.get(f"/{language}/counter/").status_code == 200
    newcomer.refresh_from_db()
    assert newcomer.check_password(CHOSEN)
    assert staff.has_joined(newcomer)


def test_afterwards_the_newcomer_signs_in_by_password_and_app(client, newcomer, code):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        enter(client, code)
        key = shown_key(client)
        set_up(client)
        clock.shift(timedelta(seconds=31))
        again = Client()
        typed = {"username": "clerk.new", "password": CHOSEN, "otp_token": f"{totp(key):06}"}
        again.post("/en/counter/sign-in/", typed)
    assert again.session["otp_device_id"]


@pytest.mark.parametrize("language", ["km", "en"])
def test_whoever_reads_the_page_on_that_phone_opens_the_app_by_a_link(client, code, language):
    enter(client, code, language)
    page = client.get(f"/{language}/staff/join/set-up/").content.decode()
    link = unescape(re.search(r'href="(otpauth:[^"]+)"', page)[1])
    assert parse_qs(urlsplit(link).query)["secret"] == [b32encode(shown_key(client, language)).decode()]


def test_the_page_shows_the_key_as_a_picture_too_and_is_not_kept(client, code):
    enter(client, code)
    page = client.get("/en/staff/join/set-up/")
    assert "<svg" in page.content.decode()
    assert "no-store" in page["Cache-Control"]


def test_neither_the_code_nor_the_key_stands_in_the_database(client, code):
    enter(client, code)
    key = shown_key(client)
    signs = code.replace("-", "")
    assert columns_holding(code.encode(), signs.encode(), key, key.hex().encode()) == set()


def test_the_code_is_in_no_address(client, code):
    assert code not in enter(client, code).url
    assert client.get(JOIN.format("en"), {"code": code}).context["form"].is_bound is False


@pytest.mark.parametrize("typed", ["{} ", "{upper}", "{spaced}"])
def test_the_code_is_taken_as_people_type_it(client, code, typed):
    words = typed.format(code, upper=code.upper(), spaced=code.replace("-", " "))
    assert enter(client, words).status_code == 302


def test_an_invitation_works_once(newcomer, code):
    first, second, third = Client(), Client(), Client()
    enter(first, code)
    enter(second, code)  # opened twice, before it was used
    set_up(first)
    late = second.post("/en/staff/join/set-up/", {"password": "another one of them"}, follow=True)
    assert "This invitation is not right, was used already" in late.content.decode()
    assert "This invitation is not right, was used already" in enter(third, code).content.decode()
    newcomer.refresh_from_db()
    assert newcomer.check_password(CHOSEN)
    assert newcomer.totpdevice_set.count() == 1
    assert refusals() == ["used", "used"]


def test_unknown_used_old_and_closed_look_the_same(newcomer, code):
    def answer(typed):
        page = enter(Client(), typed).content.decode()
        return re.sub(r'value="[^"]*"', "", page)

    unknown = answer("aaaaa-bbbbb-ccccc-ddddd-eeeee-fffff")
    with time_machine.travel(timezone.now() + invitations.LIFE + timedelta(seconds=1)):
        assert answer(code) == unknown
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    assert answer(code) == unknown
    assert refusals() == ["unknown", "expired", "closed"]


def test_an_account_that_is_closed_meanwhile_does_not_join(client, newcomer, code):
    enter(client, code)
    values = {"new_code": f"{totp(shown_key(client)):06}", "password": CHOSEN, "again": CHOSEN}
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    client.post("/en/staff/join/set-up/", values)
    assert not TOTPDevice.objects.filter(user=newcomer).exists()


def test_a_new_invitation_ends_the_one_before(client, steward, newcomer, code):
    invitations.invite(actor=steward, user=newcomer)
    assert enter(client, code).status_code == 200


def test_whoever_has_joined_is_not_invited_without_ending_what_they_have(client, steward, newcomer, code):
    enter(client, code)
    set_up(client)
    with pytest.raises(invitations.CannotInvite):
        invitations.invite(actor=steward, user=newcomer)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": "password1234", "again": "password1234"}, "too common"),
        ({"password": "clerk.new.clerk", "again": "clerk.new.clerk"}, "too similar"),
        ({"again": "four quiet river"}, "not the same"),
        ({"new_code": "000000"}, "The code is not right"),
        ({"new_code": "", "password": ""}, "Enter a new password"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_set(client, newcomer, code, typed, words):
    enter(client, code)
    page = set_up(client, **typed).content.decode()
    assert words in page
    assert CHOSEN not in page
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()
    assert set_up(client).status_code == 302  # the same key, the same invitation


def test_a_fixated_session_does_not_see_what_follows(client, code):
    client.get("/en/sign-in/")
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["session"] = planted = session.session_key
    enter(client, code)
    stranger = Client()
    stranger.cookies["session"] = planted
    assert stranger.get("/en/staff/join/set-up/").status_code == 302


def test_without_an_invitation_there_is_nothing_to_set_up(client):
    assert client.get("/en/staff/join/set-up/").url == "/en/staff/join/"
    assert refusals() == []


def test_guessing_is_rate_limited_by_network(client):
    for number in range(throttle.NETWORK_FAILURES):
        enter(client, f"guess-{number}")
    assert "Too many tries failed in your network" in enter(client, "once-more").content.decode()
    assert len(refusals()) == throttle.NETWORK_FAILURES


def test_what_happened_is_noted(client, steward, newcomer, code):
    enter(client, code)
    set_up(client)
    events = AuditEvent.objects.filter(subject_kind="user", subject_id=newcomer.pk).order_by("pk")
    assert list(events.values_list("action", "actor__username")) == [
        ("create_account", "steward.one"),
        ("invite", "steward.one"),
        ("join", "clerk.new"),
        ("change_password", "clerk.new"),
        ("change_second_factor", "clerk.new"),
        ("sign_in", "clerk.new"),
    ]


def test_nobody_signs_in_before_joining(client, newcomer, code):
    assert not newcomer.has_usable_password()
    client.post("/en/counter/sign-in/", {"username": "clerk.new", "password": code, "otp_token": "000000"})
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_database_guards_each_role_that_needs_a_second_person():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'guard_staff%'")
        guards = [text for (text,) in cursor.fetchall()]
    assert guards
    for text in guards:
        assert set(re.findall(r"'(\w+)'::", text)) == set(PRIVILEGED_ROLES)

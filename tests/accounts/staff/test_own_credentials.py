"""Staff change their own password and authenticator app: with both current ones, and audited."""

import re
from base64 import b32decode
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from dsp_platform.audit.models import AuditEvent
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

SESSIONS = "/en/my/sessions/"
CHOSEN = "four quiet river boats"


@pytest.fixture(params=["commune_clerk", "nssf_reviewer", "steward"])
def staff_user(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def own_client(staff_user, signing):
    return signing.verified(Client(), staff_user)


def other_client_of(user) -> Client:
    """Another browser of the same person, signed in with the same app."""
    client = Client()
    client.force_login(user, backend="dsp_platform.accounts.sign_in.backends.StaffBackend")
    session = client.session
    session["otp_device_id"] = user.totpdevice_set.get().persistent_id
    session.save()
    assert client.get(SESSIONS).status_code == 200
    return client


def change_password(client, language="en", **typed):
    values = {"current_password": PASSWORD, "password": CHOSEN, "again": CHOSEN}
    return client.post(f"/{language}/staff/password/", values | typed)


def change_app(client, language="en", **typed):
    page = client.get(f"/{language}/staff/authenticator/").content.decode()
    key = b32decode(re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", ""))
    values = {"current_password": PASSWORD, "new_code": f"{totp(key):06}"}
    return client.post(f"/{language}/staff/authenticator/", values | typed)


def test_the_password_is_changed_and_other_sessions_end(own_client, staff_user, signing):
    other = other_client_of(staff_user)
    assert change_password(own_client, otp_token=signing.token()).url == SESSIONS
    staff_user.refresh_from_db()
    assert staff_user.check_password(CHOSEN)
    assert own_client.get(SESSIONS).status_code == 200
    assert other.get(SESSIONS).status_code == 302
    assert AuditEvent.objects.get(action="change_password").actor == staff_user


@pytest.mark.parametrize("typed", ["  Four  RIVER boats ", "ទូកតូចៗក្នុងទន្លេ", "only lower letters " * 12])
def test_a_password_is_masked_and_taken_as_it_was_typed(own_client, staff_user, signing, typed):
    page = own_client.get("/en/staff/password/").content.decode()
    assert len(re.findall(r'<input type="password"', page)) == 3
    change_password(own_client, otp_token=signing.token(), password=typed, again=typed)
    staff_user.refresh_from_db()
    assert staff_user.check_password(typed)


def test_the_app_is_changed_and_other_sessions_end(own_client, staff_user, signing):
    other = other_client_of(staff_user)
    old = staff_user.totpdevice_set.get()
    assert change_app(own_client, otp_token=signing.token()).url == SESSIONS
    assert staff_user.totpdevice_set.get().key != old.key
    assert own_client.get(SESSIONS).status_code == 200
    assert other.get(SESSIONS).status_code == 302
    assert AuditEvent.objects.get(action="change_second_factor").actor == staff_user


@pytest.mark.parametrize("change", [change_password, change_app])
@pytest.mark.parametrize("missing", [{"current_password": "wrong"}, {"otp_token": "000000"}])
def test_without_the_current_ones_nothing_changes(commune_clerk, signing, change, missing):
    client = signing.verified(Client(), commune_clerk)
    before = commune_clerk.totpdevice_set.get().key
    page = change(client, **{"otp_token": signing.token(), **missing}).content.decode()
    assert "The user name, the password or the code is not right" in page
    commune_clerk.refresh_from_db()
    assert commune_clerk.check_password(PASSWORD)
    assert commune_clerk.totpdevice_set.get().key == before
    assert AuditEvent.objects.get(action="sign_in_failed").subject_id == commune_clerk.pk


def test_whoever_tries_passwords_at_a_browser_left_signed_in_waits(commune_clerk, signing):
    client = signing.verified(Client(), commune_clerk)
    for _ in range(5):
        change_password(client, otp_token="000000", current_password="wrong")
    page = change_password(client, otp_token=signing.token()).content.decode()
    assert "Too many failed tries" in page


def test_a_new_password_that_is_not_good_uses_no_code_up(commune_clerk, signing):
    client = signing.verified(Client(), commune_clerk)
    token = signing.token()
    page = change_password(client, otp_token=token, password="short", again="short").content.decode()
    assert "too short" in page
    assert token in page  # the form data is kept
    assert change_password(client, otp_token=token).status_code == 302


@pytest.mark.parametrize("change", [change_password, change_app])
def test_it_is_there_in_khmer(commune_clerk, signing, change):
    client = signing.verified(Client(), commune_clerk)
    assert change(client, "km", otp_token=signing.token()).url == "/km/my/sessions/"


@pytest.mark.parametrize("page", ["password", "authenticator"])
def test_others_do_not_get_there(client, sokha, signing, commune_clerk, page):
    assert client.get(f"/en/staff/{page}/").status_code == 302
    assert signing.citizen_client(sokha).get(f"/en/staff/{page}/").status_code == 302
    half = Client()
    half.force_login(commune_clerk, backend="dsp_platform.accounts.sign_in.backends.StaffBackend")
    assert half.get(f"/en/staff/{page}/").status_code == 302


def test_the_admins_own_page_of_the_password_leads_to_this_one(steward, signing):
    client = signing.verified(Client(), steward)
    assert client.get("/en/admin/password_change/").url == "/en/staff/password/"
    client.post(
        "/en/admin/password_change/",
        {"old_password": PASSWORD, "new_password1": CHOSEN, "new_password2": CHOSEN},
    )
    steward.refresh_from_db()
    assert steward.check_password(PASSWORD)


def test_the_new_app_signs_in_and_the_old_one_does_not(commune_clerk, signing):
    client = signing.verified(Client(), commune_clerk)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        change_app(client, otp_token=signing.token())
        key = commune_clerk.totpdevice_set.get().bin_key
        clock.shift(timedelta(seconds=31))
        doors = {"old": Client(), "new": Client()}
        for name, code in (("old", signing.token()), ("new", f"{totp(key):06}")):
            typed = {"username": "clerk.banteay", "password": PASSWORD, "otp_token": code}
            doors[name].post("/en/counter/sign-in/", typed)
            clock.shift(timedelta(seconds=1))
    assert "_auth_user_id" not in doors["old"].session
    assert "_auth_user_id" in doors["new"].session


def test_both_are_found_from_the_page_of_ones_sessions(commune_clerk, sokha, signing):
    page = signing.verified(Client(), commune_clerk).get(SESSIONS).content.decode()
    assert "/en/staff/password/" in page
    assert "/en/staff/authenticator/" in page
    assert "/en/staff/" not in signing.citizen_client(sokha).get(SESSIONS).content.decode()

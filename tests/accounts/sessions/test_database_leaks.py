"""Read access to the database, from a backup or through a leak, is not enough to sign in."""

from base64 import b32encode

import pytest
from cryptography.fernet import Fernet
from django.contrib.sessions.backends import db as plain_sessions
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from dsp_platform.accounts.models import TOTPDevice
from dsp_platform.accounts.sessions import services as sessions
from tests.conftest import PASSWORD
from tests.packages import PACKAGES
from tests.structure.test_imports import name_of, sources

pytestmark = pytest.mark.django_db

PAGE = "/en/my/sessions/"


def columns_holding(*secrets: bytes) -> set[str]:
    """``table.column`` of every column, of any type, that contains one of these values."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name from the catalogue
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    held = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    if any(secret in held for secret in secrets):
                        found.add(f"{table}.{name}")
    return found


@pytest.fixture
def official(commune_clerk, signing):
    """Signed in through the form, with both factors."""
    signing.give_device(commune_clerk)
    client = Client()
    typed = {"username": "clerk.banteay", "password": PASSWORD, "otp_token": signing.token()}
    client.post("/en/counter/sign-in/", typed)
    assert client.get(PAGE).status_code == 200
    return client


def cookie_of(client: Client) -> str:
    return client.cookies["session"].value


def with_cookie(value: str) -> Client:
    client = Client()
    client.cookies["session"] = value
    return client


def test_no_column_of_any_table_holds_what_the_cookie_holds(official, sokha, signing):
    citizen = signing.citizen_client(sokha)
    citizen.get(PAGE)
    assert columns_holding(cookie_of(official).encode(), cookie_of(citizen).encode()) == set()


def test_what_is_stored_does_not_sign_in_as_a_cookie(official, commune_clerk):
    stored = {*Session.objects.values_list("session_key", flat=True)}
    stored |= {session.session_key for session in sessions.sessions_of(commune_clerk)}
    assert stored
    for value in stored:
        assert with_cookie(value).get(PAGE).status_code == 302
    assert official.get(PAGE).status_code == 200


def test_what_a_session_holds_is_not_readable_in_the_database(official):
    everything = Session.objects.values_list("session_data", flat=True)
    assert everything
    for stored in everything:
        assert plain_sessions.SessionStore().decode(stored) == {}


def test_a_session_that_was_stored_in_plain_has_ended(commune_clerk, official):
    old = plain_sessions.SessionStore()
    old.update(dict(official.session.items()))
    old.save()
    assert with_cookie(old.session_key).get(PAGE).status_code == 302


def test_a_signed_in_session_lives_on_when_its_key_changes(official, commune_clerk):
    before = cookie_of(official)
    official.post(PAGE, {"end_others": "1"})
    assert cookie_of(official) != before
    assert official.get(PAGE).status_code == 200
    assert with_cookie(before).get(PAGE).status_code == 302
    assert len(sessions.sessions_of(commune_clerk)) == 1


def test_only_one_module_knows_the_list_of_sessions():
    """``UserSession.end()`` of allauth takes the digest for the session key and would not end the session."""
    knowing = {name_of(path) for path in sources(*PACKAGES) if "usersessions.models" in path.read_text()}
    assert knowing == {"dsp_platform.accounts.sessions.services"}


def test_the_second_factor_is_stored_encrypted(official, commune_clerk):
    device = commune_clerk.totpdevice_set.get()
    key = device.bin_key
    assert columns_holding(key, key.hex().encode(), key.hex().upper().encode(), b32encode(key)) == set()


def test_the_second_factor_outlives_a_change_of_keys(commune_clerk, signing, settings):
    signing.give_device(commune_clerk)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    device = TOTPDevice.objects.get(user=commune_clerk)
    assert device.verify_token(signing.token())
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    # Using it encrypted the key again under the newest key, so the old one can be retired.
    assert TOTPDevice.objects.get(user=commune_clerk).bin_key == device.bin_key


def test_the_app_of_one_person_does_not_answer_for_another(commune_clerk, steward, signing):
    """Neither by copying its row nor its encrypted data in the database."""
    mine, theirs = signing.give_device(commune_clerk), TOTPDevice.objects.create(user=steward, name="app")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_totpdevice SET (key, bound) = (SELECT key, bound FROM accounts_totpdevice"
            " WHERE id = %s) WHERE id = %s",
            [mine.pk, theirs.pk],
        )
    assert TOTPDevice.objects.get(pk=mine.pk).verify_token(signing.token())
    taken = TOTPDevice.objects.get(pk=theirs.pk)
    assert taken.bin_key == mine.bin_key
    assert not taken.verify_token(signing.token())
    taken.save(update_fields=["key", "bound"])
    assert not TOTPDevice.objects.get(pk=theirs.pk).verify_token(signing.token())

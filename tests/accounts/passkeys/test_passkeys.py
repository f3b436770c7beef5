"""Passkeys are added, used and removed; every failure gives the same neutral sentence."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from fido2.webauthn import AuthenticatorData

from dsp_platform.accounts.models import Passkey, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.notifications.models import Message
from tests.accounts.passkeys.authenticator import Authenticator

pytestmark = pytest.mark.django_db

ADD, OPTIONS = "/en/my/account/passkeys/add/", "/en/my/account/passkeys/options/"
SIGN_IN, PROVE = "/en/sign-in/passkey/", "/en/my/account/confirm/passkey/"
REFUSED = "This passkey could not be used"


@pytest.fixture
def signed_in_client(sokha, signing):
    return signing.citizen_client(sokha)


@pytest.fixture
def authenticator():
    return Authenticator()


def add(client: Client, authenticator: Authenticator, name: str = "My phone"):
    options = client.get(OPTIONS).json()
    return client.post(ADD, {"name": name, "credential": authenticator.create(options)})


def sign_in(client: Client, authenticator: Authenticator, **typed: str):
    options = client.get(SIGN_IN).json()
    return client.post(SIGN_IN, {"credential": authenticator.get(options), **typed})


def is_refused(client: Client, response) -> bool:
    page = client.get(response.url).content.decode()
    return REFUSED in page and "_auth_user_id" not in client.session


@pytest.fixture
def added(signed_in_client, authenticator):
    assert add(signed_in_client, authenticator).url == "/en/my/account/"
    return Passkey.objects.get()


def test_a_passkey_is_added_listed_and_told_of(added, signed_in_client, sokha):
    assert (added.user, added.name) == (sokha, "My phone")
    assert "My phone" in signed_in_client.get("/en/my/account/").content.decode()
    assert Message.objects.get().template == "passkey_added"
    assert AuditEvent.objects.filter(action="add_passkey", subject_id=sokha.pk).count() == 1


def test_it_signs_in_and_returns_to_the_page_one_came_from(added, sokha, authenticator):
    client = Client()
    assert sign_in(client, authenticator, next="/en/register/").url == "/en/register/"
    assert client.session["_auth_user_id"] == str(sokha.pk)
    added.refresh_from_db()
    assert added.used_at


def test_it_never_leads_to_another_site(added, authenticator):
    assert sign_in(Client(), authenticator, next="https://evil.example/").url == "/en/my/"


def test_it_is_a_fresh_proof(signed_in_client, authenticator, added):
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert signed_in_client.get(ADD).status_code == 302
        page = signed_in_client.get("/en/my/account/confirm/?next=/en/my/account/phone/").content.decode()
        assert "Use a passkey" in page
        options = signed_in_client.get(PROVE).json()
        answer = {"credential": authenticator.get(options), "next": "/en/my/account/phone/"}
        assert signed_in_client.post(PROVE, answer).url == "/en/my/account/phone/"
        assert signed_in_client.get(ADD).status_code == 200


def test_the_passkey_of_another_account_is_no_proof_of_this_one(added, authenticator, signing):
    other = signing.citizen_client(User.objects.create_citizen(phone="+85512345679"))
    session = other.session
    session["proved_at"] = 0
    session.save()
    other.post(PROVE, {"credential": authenticator.get(other.get(PROVE).json())})
    assert other.session["proved_at"] == 0


def test_adding_and_removing_ask_for_a_fresh_proof(signed_in_client, authenticator, added):
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert signed_in_client.get(OPTIONS).status_code == 302
        assert signed_in_client.post(f"/en/my/account/passkeys/{added.pk}/remove/").status_code == 302
    assert Passkey.objects.exists()


def test_a_removed_passkey_does_not_sign_in(signed_in_client, authenticator, added):
    page = f"/en/my/account/passkeys/{added.pk}/remove/"
    assert signed_in_client.get(page).status_code == 200
    assert [signed_in_client.post(page).status_code for _ in range(2)] == [302, 302]  # a double click
    assert Message.objects.filter(template="passkey_removed").count() == 1
    client = Client()
    assert is_refused(client, sign_in(client, authenticator))


def test_nobody_removes_the_passkey_of_another_person(added, signing):
    other = signing.citizen_client(User.objects.create_citizen(phone="+85512345679"))
    page = f"/en/my/account/passkeys/{added.pk}/remove/"
    assert other.get(page).status_code == 404
    other.post(page)
    assert Passkey.objects.exists()


def test_an_answer_for_another_site_is_refused(added, authenticator):
    authenticator.origin = "https://evil.example"
    client = Client()
    assert is_refused(client, sign_in(client, authenticator))


def test_an_answer_for_another_origin_of_the_same_host_is_refused(added, authenticator):
    authenticator.origin = "http://testserver:8443"
    client = Client()
    assert is_refused(client, sign_in(client, authenticator))


def test_an_unknown_passkey_is_refused(added):
    client = Client()
    assert is_refused(client, sign_in(client, Authenticator(number=b"x" * 16)))


def test_the_passkey_of_a_closed_account_is_refused(added, authenticator, sokha):
    User.objects.filter(pk=sokha.pk).update(is_active=False)
    client = Client()
    assert is_refused(client, sign_in(client, authenticator))


def test_another_key_under_the_same_number_is_refused(added):
    client = Client()
    assert is_refused(client, sign_in(client, Authenticator()))


def test_an_answer_works_once(added, authenticator):
    client = Client()
    answer = authenticator.get(client.get(SIGN_IN).json())
    client.post(SIGN_IN, {"credential": answer})
    client.post("/en/sign-out/")
    assert is_refused(client, client.post(SIGN_IN, {"credential": answer}))


def test_a_cloned_passkey_is_refused(added, authenticator):
    authenticator.count = 5
    assert sign_in(Client(), authenticator).url == "/en/my/"
    client = Client()
    authenticator.count = 5
    assert is_refused(client, sign_in(client, authenticator))


def test_an_answer_without_user_verification_is_refused(added, authenticator):
    authenticator.flags = AuthenticatorData.FLAG.UP
    client = Client()
    assert is_refused(client, sign_in(client, authenticator))


@pytest.mark.parametrize(
    "nonsense", ["", "x", "[]", "{}", "null", '{"rawId": 5}', '{"rawId": "AAAA", "response": []}']
)
def test_nonsense_is_refused(added, nonsense):
    client = Client()
    client.get(SIGN_IN)
    assert is_refused(client, client.post(SIGN_IN, {"credential": nonsense}))


@pytest.mark.parametrize("nonsense", ["", "{}", '{"id": "AAAA", "rawId": "AAAA", "response": {}}'])
def test_nonsense_is_not_added_and_the_name_is_kept(signed_in_client, nonsense):
    signed_in_client.get(OPTIONS)
    page = signed_in_client.post(ADD, {"name": "ទូរសព្ទខ្ញុំ", "credential": nonsense}).content.decode()
    assert "The passkey could not be added" in page
    assert "ទូរសព្ទខ្ញុំ" in page


def test_one_key_is_added_once(signed_in_client, authenticator, added):
    assert "could not be added" in add(signed_in_client, authenticator).content.decode()
    assert Passkey.objects.count() == 1


def test_passkeys_are_for_citizens(commune_clerk, signing):
    client = signing.verified(Client(), commune_clerk)
    assert client.get(ADD).status_code == client.get(OPTIONS).status_code == 302


def test_the_passkey_of_one_person_does_not_answer_for_another(client, added, authenticator):
    other = User.objects.create_citizen(phone="+85512345679")
    Passkey.objects.update(user=other)  # directly in the database
    assert is_refused(client, sign_in(client, authenticator))

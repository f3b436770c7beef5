"""The page about one's own account."""

import pytest
from django.test import Client

from dsp_platform.accounts.models import User

pytestmark = pytest.mark.django_db

HOME = "/en/my/account/"


@pytest.fixture
def citizen(sokha, signing):
    return signing.citizen_client(sokha)


def test_phone_passkeys_messages_and_sessions_stand_on_one_page(citizen):
    page = citizen.get(HOME).content.decode()
    for part in ("012 345 678", "Passkeys", "Text messages", "Where you are signed in", "This one"):
        assert part in page


def test_ending_all_sessions_ends_this_one_too(citizen, sokha, signing):
    other = signing.citizen_client(sokha)
    stale = User.objects.get(pk=sokha.pk)
    assert citizen.post("/en/my/sessions/", {"end_all": "1"}).url == "/en/"
    late = signing.citizen_client(stale)  # a sign-in that began before the sessions were ended
    assert [client.get(HOME).status_code for client in (citizen, other, late)] == [302, 302, 302]


def test_a_citizen_comes_back_to_the_account_and_an_official_to_the_list(citizen, commune_clerk, signing):
    assert citizen.post("/en/my/sessions/", {"end_others": "1"}).url == HOME
    clerk = signing.verified(Client(), commune_clerk)
    assert clerk.post("/en/my/sessions/", {"end_others": "1"}).url == "/en/my/sessions/"
    assert clerk.get("/en/my/sessions/").status_code == 200


def test_an_official_ends_all_sessions_and_keeps_the_password(commune_clerk, signing):
    clerk = signing.verified(Client(), commune_clerk)
    clerk.post("/en/my/sessions/", {"end_all": "1"})
    assert "_auth_user_id" not in clerk.session
    commune_clerk.refresh_from_db()
    assert commune_clerk.has_usable_password()


def test_a_chosen_language_of_the_messages_outlives_a_sign_in_in_the_other(citizen, client, sokha, signing):
    citizen.post(HOME, {"language": "km"})
    signing.ask(client)
    signing.answer(client, signing.code_in(client))  # on an English page
    sokha.refresh_from_db()
    assert sokha.language == "km"


def test_no_other_language_is_taken(citizen, sokha):
    assert "<title>Error:" in citizen.post(HOME, {"language": "fr"}).content.decode()

"""Password and second factor, at the sign-in pages of the counter and of the admin."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.models import SignInFailure, User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def sign_in(client, username, token, password=PASSWORD, door="/en/counter/sign-in/", **query):
    return client.post(
        door,
        {"username": username, "password": password, "otp_token": token},
        query_params=query,
    )


def is_in(client) -> bool:
    return "_auth_user_id" in client.session


def test_an_official_signs_in_with_all_three(client, commune_clerk, signing):
    signing.give_device(commune_clerk)
    assert sign_in(client, "clerk.banteay", signing.token()).url == "/en/counter/"
    assert client.session["otp_device_id"]


def test_the_token_is_taken_in_khmer_digits(client, commune_clerk, signing):
    signing.give_device(commune_clerk)
    sign_in(client, "clerk.banteay", signing.token().translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩")))
    assert is_in(client)


def test_an_official_comes_back_to_the_same_page(client, commune_clerk, signing):
    signing.give_device(commune_clerk)
    response = sign_in(client, "clerk.banteay", signing.token(), next="/km/register/names/")
    assert response.url == "/km/register/names/"


@pytest.mark.parametrize(
    ("username", "password", "right_token"),
    [("clerk.banteay", "wrong", True), ("clerk.banteay", PASSWORD, False), ("nobody", PASSWORD, True)],
)
def test_whatever_is_wrong_the_answer_is_the_same(
    client, commune_clerk, signing, username, password, right_token
):
    signing.give_device(commune_clerk)
    token = signing.token() if right_token else signing.wrong(signing.token())
    page = sign_in(client, username, token, password).content.decode()
    assert "The user name, the password or the code is not right" in page
    assert not is_in(client)


@pytest.mark.parametrize("door", ["/en/counter/sign-in/", "/en/admin/login/"])
@pytest.mark.parametrize("token", ["junk", "x", "\u200b", "-1", "1e5", "०"])
def test_a_code_of_other_signs_is_a_wrong_code(client, commune_clerk, signing, door, token):
    signing.give_device(commune_clerk)
    page = sign_in(client, "clerk.banteay", token, door=door).content.decode()
    assert "The user name, the password or the code is not right" in page
    assert SignInFailure.objects.exists()
    assert not is_in(client)


def test_a_token_works_once(commune_clerk, signing):
    signing.give_device(commune_clerk)
    first, second, token = Client(), Client(), signing.token()
    sign_in(first, "clerk.banteay", token)
    sign_in(second, "clerk.banteay", token)
    assert is_in(first)
    assert not is_in(second)


def test_an_official_without_a_second_factor_cannot_sign_in(client, commune_clerk, signing):
    sign_in(client, "clerk.banteay", signing.token())
    assert not is_in(client)


def test_an_inactive_official_cannot_sign_in(client, commune_clerk, signing):
    signing.give_device(commune_clerk)
    User.objects.filter(pk=commune_clerk.pk).update(is_active=False)
    sign_in(client, "clerk.banteay", signing.token())
    assert not is_in(client)


def test_a_citizen_has_no_password(sokha):
    assert not sokha.has_usable_password()


def test_failed_tries_make_the_next_one_wait_longer_and_longer(client, commune_clerk, signing):
    signing.give_device(commune_clerk)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            sign_in(client, "clerk.banteay", "000000", "wrong")
        assert "Wait 15 seconds" in sign_in(client, "clerk.banteay", signing.token()).content.decode()
        clock.shift(timedelta(seconds=16))
        sign_in(client, "clerk.banteay", "000000", "wrong")
        assert "Wait 30 seconds" in sign_in(client, "clerk.banteay", signing.token()).content.decode()


def test_an_unknown_name_waits_like_a_known_one(client, signing):
    for _ in range(5):
        sign_in(client, "nobody", "000000", "wrong")
    assert "Too many failed tries" in sign_in(client, "nobody", "000000").content.decode()


def test_the_wait_never_grows_beyond_a_quarter_of_an_hour(client, commune_clerk, signing):
    signing.give_device(commune_clerk)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(20):
            sign_in(client, "clerk.banteay", "000000", "wrong")
            clock.shift(timedelta(minutes=15, seconds=1))
        sign_in(client, "clerk.banteay", signing.token())
        assert is_in(client)


def test_a_stranger_does_not_make_the_owner_wait_at_the_owners_own_laptop(commune_clerk, signing):
    signing.give_device(commune_clerk)
    laptop, stranger = Client(), Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in(laptop, "clerk.banteay", signing.token())
        laptop.post("/en/sign-out/")
        for _ in range(8):
            sign_in(stranger, "clerk.banteay", "000000", "wrong")
        clock.shift(timedelta(seconds=31))
        sign_in(laptop, "clerk.banteay", signing.token())
        assert is_in(laptop)


@pytest.mark.parametrize("who", ["nssf_reviewer", "steward"])
def test_staff_sign_in_at_the_admin(request, client, signing, who):
    user = request.getfixturevalue(who)
    signing.give_device(user)
    response = sign_in(client, user.username, signing.token(), door="/en/admin/login/")
    assert response.status_code == 302
    assert client.get("/en/admin/").status_code == 200


def test_an_official_does_not_get_into_the_admin(client, commune_clerk, signing):
    signing.give_device(commune_clerk)
    page = sign_in(client, "clerk.banteay", signing.token(), door="/en/admin/login/").content.decode()
    assert "does not sign in on this page" in page
    signing.verified(client, commune_clerk)
    assert client.get("/en/admin/").status_code == 302


def test_a_reviewer_does_not_get_into_the_counter(client, nssf_reviewer, signing):
    signing.give_device(nssf_reviewer)
    sign_in(client, "reviewer.nssf", signing.token())
    assert not is_in(client)


def test_a_password_alone_does_not_open_the_admin(client, steward):
    client.force_login(steward, backend="dsp_platform.accounts.sign_in.backends.StaffBackend")
    assert client.get("/en/admin/").status_code == 302


def test_staff_cannot_sign_in_by_phone(client, signing, steward):
    signing.ask(client)
    signing.answer(client, signing.code_in(client))
    assert User.objects.get(pk=client.session["_auth_user_id"]).is_citizen


def test_the_sign_in_pages_are_titled_in_both_languages(client):
    for language in ("en", "km"):
        assert client.get(f"/{language}/admin/login/").status_code == 200
        assert client.get(f"/{language}/counter/sign-in/").status_code == 200

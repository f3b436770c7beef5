"""Step-up authentication before sensitive actions: where it leads, what it accepts, what it counts."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from dsp_platform.accounts.access.decorators import citizen_required, step_up_required
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge, PhoneEvent, User
from dsp_platform.notifications.models import Message
from dsp_platform.urls import urlpatterns as all_urls

pytestmark = pytest.mark.django_db

ASK = "/en/my/account/confirm/"
CODE = "/en/my/account/confirm/code/"


@citizen_required
@step_up_required
def secret(request):
    return HttpResponse(f"secret {request.POST.get('name', '')}{getattr(request, 'unsent', None) or ''}")


urlpatterns = [path("en/secret/", secret), *all_urls]


@pytest.fixture(autouse=True)
def a_page_that_asks_for_it():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        yield clock


@pytest.fixture
def citizen(clock, sokha, signing):
    """Signed in eleven minutes ago."""
    client = signing.citizen_client(sokha)
    clock.shift(timedelta(minutes=11))
    return client


def challenge_in(client: Client) -> PhoneChallenge:
    return PhoneChallenge.objects.get(pk=client.session["step_up"]["challenge"])


def ask(client: Client, target: str = "/en/secret/"):
    return client.post(ASK, query_params={"next": target})


def test_signing_in_is_a_fresh_proof_for_ten_minutes(clock, sokha, signing):
    client = signing.citizen_client(sokha)
    clock.shift(timedelta(minutes=10))
    assert client.get("/en/secret/").status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get("/en/secret/").url == f"{ASK}?next=%2Fen%2Fsecret%2F"


def test_a_code_to_the_own_phone_opens_the_page_one_wanted(citizen, clock):
    page = citizen.get(f"{ASK}?next=/en/secret/").content.decode()
    assert "012 345 678" in page
    assert not Message.objects.exists()  # opening the page sends nothing
    assert ask(citizen).url == CODE
    assert Message.objects.get().phone == "+85512345678"
    assert citizen.post(CODE, {"code": codes.code_of(challenge_in(citizen))}).url == "/en/secret/"
    assert citizen.get("/en/secret/").content == b"secret "
    clock.shift(timedelta(minutes=10, seconds=1))
    assert citizen.get("/en/secret/").status_code == 302


def test_what_was_typed_into_an_expired_proof_comes_back_once(citizen):
    response = citizen.post("/en/secret/", {"name": "សុខា"})
    assert response.url == f"{ASK}?next=%2Fen%2Fsecret%2F"
    citizen.get(response.url)
    ask(citizen)
    back = citizen.post(CODE, {"code": codes.code_of(challenge_in(citizen))}).url
    assert "name" in citizen.get(back).content.decode()
    assert "name" not in citizen.get(back).content.decode()


def test_nobody_but_a_citizen_comes_here(client, commune_clerk, signing):
    assert client.get(ASK).url.startswith("/en/sign-in/")
    assert signing.verified(Client(), commune_clerk).get(ASK).status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_it_never_leads_to_another_site(citizen, target):
    ask(citizen, target)
    assert citizen.post(CODE, {"code": codes.code_of(challenge_in(citizen))}).url == "/en/my/"


def test_a_wrong_code_is_counted_for_phone_and_account_and_ends_no_session(citizen, sokha, signing):
    ask(citizen)
    wrong = signing.wrong(codes.code_of(challenge_in(citizen)))
    assert "You can try 4 more times" in citizen.post(CODE, {"code": wrong}).content.decode()
    event = PhoneEvent.objects.get(kind="wrong")
    assert (event.phone, event.account) == (sokha.phone, sokha)
    assert citizen.get("/en/my/sessions/").status_code == 200


def test_signing_in_a_moment_ago_keeps_nobody_waiting_for_it(citizen, signing):
    signing.ask(Client())
    assert ask(citizen).url == CODE
    assert Message.objects.count() == 2


def test_two_of_its_codes_are_a_minute_apart(citizen, sokha):
    codes.send_code(
        phone=sokha.phone, browser="another", language="en", purpose=codes.Purpose.STEP_UP, account=sokha,
        known=True,
    )  # fmt: skip
    assert "A code was sent to this number a moment ago" in ask(citizen).content.decode()
    assert Message.objects.count() == 1


def test_the_code_of_one_purpose_is_none_of_another(citizen, clock, signing):
    """Neither its digits nor its reference, entered for another purpose."""
    ask(citizen)
    step_up = challenge_in(citizen)
    kept = citizen.session["step_up"]
    thief = Client()
    session = thief.session
    session["sign_in"] = kept
    session.save()
    assert signing.answer(thief, codes.code_of(step_up)).url == "/en/sign-in/"
    clock.shift(timedelta(seconds=61))
    signing.ask(thief)
    same_row = PhoneChallenge(
        pk=step_up.pk, phone=step_up.phone, nonce=step_up.nonce, purpose=codes.Purpose.SIGN_IN
    )
    assert codes.code_of(same_row) != codes.code_of(step_up)


def test_the_challenge_of_another_account_is_not_answered(citizen, clock, signing):
    ask(citizen)
    other = User.objects.create_citizen(phone="+85512345679")
    thief = signing.citizen_client(other)
    clock.shift(timedelta(minutes=9, seconds=50))
    session = thief.session
    session["step_up"] = citizen.session["step_up"]
    session["proved_at"] = 0
    session.save()
    response = thief.post(CODE, {"code": codes.code_of(challenge_in(citizen))})
    assert response.url == ASK
    assert thief.session["proved_at"] == 0


def test_a_double_click_on_the_code_ends_at_the_page_one_wanted(citizen):
    ask(citizen)
    code = codes.code_of(challenge_in(citizen))
    assert citizen.post(CODE, {"code": code}).url == citizen.post(CODE, {"code": code}).url == "/en/secret/"


def test_the_code_of_a_phone_that_was_changed_meanwhile_proves_nothing(citizen, sokha):
    ask(citizen)
    code = codes.code_of(challenge_in(citizen))
    User.objects.filter(pk=sokha.pk).update(phone="+85512345679")
    assert "can no longer be used" in citizen.post(CODE, {"code": code}).content.decode()
    assert citizen.get("/en/secret/").status_code == 302


def test_a_resend_says_so(citizen, clock):
    ask(citizen)
    clock.shift(timedelta(seconds=61))
    page = citizen.post(CODE, {"resend": "1"}, follow=True).content.decode()
    assert "We sent you a code again." in page

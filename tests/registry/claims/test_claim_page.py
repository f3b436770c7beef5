import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.models import User
from registry.claims.services import code_of
from registry.identity.spid import new_spid
from registry.models import Claim, Person
from registry.registration import services
from tests.built_once import built_once
from tests.khmer.digits import khmer_digits
from tests.registry.cast import household_details, person_details


@built_once
def head(areas, commune_clerk) -> Person:
    """Registered at the counter, with Sokha's phone."""
    details = household_details(person_details(phone="012345678"))
    services.register_household(actor=commune_clerk, details=details)
    return Person.objects.get()


@pytest.fixture
def stranger(db) -> User:
    return User.objects.create_citizen(phone="+85516000001")


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    session = client.session
    session[step_up.PHONE_PROVED] = session[step_up.PROVED]  # it signed in by a code just now
    session.save()
    return client


def url(name: str, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"registry:{name}")


def answers(spid: str, **changes: str) -> dict[str, str]:
    born = {"born_day": "១៤", "born_month": "៤", "born_year": "១៩៨៤"}
    return {"kind": "spid", "number": spid, **born, **changes}


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_first_page_of_registering_leads_here(areas, sokha, language):
    page = browser_of(sokha).get(url("register", language), follow=True).content.decode()
    assert url("claim", language) in page


def test_the_household_registered_at_the_counter_is_seen(head, sokha):
    typed = answers(khmer_digits(head.spid_grouped))
    answer = browser_of(sokha).post(url("claim"), typed, follow=True)
    assert answer.redirect_chain == [(url("me"), 302)]
    assert head.spid_grouped in answer.content.decode()


def test_from_another_phone_by_the_code(head, stranger):
    client = browser_of(stranger)
    assert client.post(url("claim"), answers(head.spid))["Location"] == url("claim_code")
    typed = khmer_digits(code_of(Claim.objects.get()))
    assert client.post(url("claim_code"), {"code": typed})["Location"] == url("me")
    assert client.post(url("claim_code"), {"code": typed})["Location"] == url("me")


@pytest.mark.parametrize("spid", ["", "1234 5678 9012", "\x00", "<script>"])
def test_what_cannot_be_is_asked_again(head, sokha, spid):
    answer = browser_of(sokha).post(url("claim"), answers(spid))
    assert answer.status_code == 200
    assert "<title>Error: " in answer.content.decode()


def test_right_wrong_and_taken_look_the_same(head, stranger):
    taken = User.objects.create_citizen(phone="+85512345679")
    pages = set()
    ways = [answers(head.spid), answers(new_spid()), answers(head.spid, born_year="1985"), answers(head.spid)]
    for number, way in enumerate(ways):
        if number == 3:
            Person.objects.update(account=taken)
        client = browser_of(User.objects.create_citizen(phone=f"+8551600001{number}"))
        shown = [client.post(url("claim"), way), client.get(url("claim_code"))]
        shown.append(client.post(url("claim_code"), {"code": "nonsense"}))
        pages.add(tuple((page.status_code, page.headers.get("Location"), _plain(page)) for page in shown))
    assert len(pages) == 1
    assert head.phone[-4:] not in str(pages)


def _plain(page) -> str:
    each = r'name="(csrfmiddlewaretoken|acting_for)" value="[^"]+"|data-session-seconds="\d+"'
    return re.sub(each, "", page.content.decode())


def test_after_five_tries_the_page_says_until_when(head, stranger):
    client = browser_of(stranger)
    for _ in range(5):
        client.post(url("claim"), answers(new_spid()))
    assert "tomorrow" in client.post(url("claim"), answers(head.spid)).content.decode()


def test_the_code_page_without_a_claim_leads_back(areas, stranger):
    assert browser_of(stranger).get(url("claim_code"))["Location"] == url("claim")


def test_officials_have_no_account_to_claim_with(areas, commune_clerk):
    for page in ("claim", "claim_code"):
        assert browser_of(commune_clerk).get(url(page)).status_code == 302

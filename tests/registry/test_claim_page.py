import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dsp_platform.accounts.models import User
from dsp_platform.khmer import khmer_digits
from registry import services
from registry.models import Person
from tests.registry.cast import household_details, person_details


@pytest.fixture
def head(areas, commune_clerk) -> Person:
    """Registered at the counter, with Sokha's phone."""
    details = household_details(person_details(phone="012345678"))
    services.register_household(actor=commune_clerk, details=details)
    return Person.objects.get()


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="dsp_platform.accounts.backends.PhoneBackend")
    return client


def url(name: str, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"registry:{name}")


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_first_page_of_registering_leads_here(areas, sokha, language):
    page = browser_of(sokha).get(url("register", language), follow=True).content.decode()
    assert url("claim", language) in page


def test_the_household_registered_at_the_counter_is_seen(head, sokha):
    answer = browser_of(sokha).post(url("claim"), {"spid": khmer_digits(head.spid_grouped)}, follow=True)
    assert answer.redirect_chain == [(url("me"), 302)]
    assert head.spid_grouped in answer.content.decode()


@pytest.mark.parametrize("spid", ["", "1234 5678 9012", "\x00", "<script>"])
def test_what_cannot_be_is_asked_again(head, sokha, spid):
    answer = browser_of(sokha).post(url("claim"), {"spid": spid})
    assert answer.status_code == 200
    assert "<title>Error: " in answer.content.decode()


def test_a_strangers_spid_tells_nothing(head):
    stranger = User.objects.create_citizen(phone="+85516000001")
    page = browser_of(stranger).post(url("claim"), {"spid": head.spid}).content.decode()
    assert "ស៊ុខា" not in page
    head.refresh_from_db()
    assert head.account is None


def test_officials_have_no_account_to_claim_with(areas, commune_clerk):
    assert browser_of(commune_clerk).get(url("claim")).status_code == 302

"""A consent at the counter says how it was given: to the person, in the register's history, in their data."""

import hashlib

import pytest

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge
from registry.consents import views
from registry.consents.forms import OperatorsForm
from registry.models import Consent, Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import details_of_one
from tests.registry.pages import HEAD, Family, confirm

pytestmark = pytest.mark.django_db

GIVE = "/en/my/consents/nssf/give/"
WITNESS = "កែវ ណារី"


@built_once
def person(areas, consent_agreements, sokha) -> Person:
    register_household(actor=sokha, details=details_of_one())
    return Person.objects.get()


@pytest.fixture
def opened(laptop, person):
    """``opened(given="witness", …)``: a case of Sokha is open."""

    def open_case(**given):
        laptop.post("/en/counter/", {"person": person.spid})
        assert laptop.post("/en/counter/open/", {"reason": "check", "agree": "on", **given}).url == "/en/my/"
        return laptop

    return open_case


def of_nssf() -> Consent:
    return Consent.objects.get(operator_code="nssf")


def test_in_the_own_account_it_is_online(person, phone_of_sokha):
    confirm(phone_of_sokha, GIVE)
    assert (of_nssf().channel, of_nssf().witness_name) == ("online", None)


def test_one_press_at_the_counter_means_read_out(opened, commune_clerk):
    confirm(opened(), GIVE)
    assert (of_nssf().channel, of_nssf().witness, of_nssf().language) == ("counter", commune_clerk, "en")


def test_what_is_digested_is_the_text_that_was_shown(opened, operators):
    confirm(opened(), GIVE)
    agreed = OperatorsForm(operators=[operators["nssf"]]).text_of("nssf")
    assert bytes(of_nssf().text_digest) == hashlib.sha256(agreed.encode()).digest()


def test_a_witness_is_named(opened, phone_of_sokha):
    laptop = opened()
    page = confirm(laptop, GIVE, {"given": "witness"}).content.decode()
    assert "Write the name of the witness." in page
    assert not Consent.objects.filter(operator_code="nssf").exists()
    confirm(laptop, GIVE, {"given": "witness", "witness": WITNESS})
    assert (of_nssf().channel, of_nssf().witness_name) == ("witness", WITNESS)
    for address in ("/en/my/consents/", "/en/my/data/history/"):
        assert "read out before a witness" in phone_of_sokha.get(address).content.decode(), address
    assert WITNESS in phone_of_sokha.get("/en/my/consents/").content.decode()


def test_a_witness_of_the_opening_is_offered_for_what_is_read_out_after(opened):
    page = opened(given="witness", witness=WITNESS).get(GIVE).content.decode()
    assert f'value="{WITNESS}"' in page


@pytest.mark.parametrize(
    ("given", "channel"), [({}, "counter"), ({"given": "witness", "witness": WITNESS}, "witness")]
)
def test_those_of_a_registration_say_it_too(laptop, areas, consent_agreements, given, channel):
    laptop.post("/km/counter/", {"query": "nobody of this name"})
    laptop.post("/km/counter/", {"new": "yes"})
    laptop.post("/km/counter/open/", {"reason": "register", "agree": "on", **given})
    assert Family(laptop).register().url == "/km/registered/"
    found = Consent.objects.values_list("operator_code", "channel", "language")
    assert sorted(found) == [
        ("", channel, "km"),
        *((one, channel, "km") for one in HEAD["consent"]["operators"]),
    ]
    assert {one.witness_name for one in Consent.objects.all()} == {given.get("witness")}


def test_a_code_to_their_phone_agrees_and_a_wrong_one_does_not(opened, person):
    laptop = opened()
    assert confirm(laptop, GIVE, {"given": "code"}).url == f"{GIVE}code/"
    challenge = PhoneChallenge.objects.get()
    assert (challenge.phone, challenge.purpose) == (person.phone, "share")
    right = codes.code_of(challenge)
    laptop.post(f"{GIVE}code/", {"code": f"{(int(right) + 1) % 10**6:06}"})
    assert not Consent.objects.filter(operator_code="nssf").exists()
    assert laptop.post(f"{GIVE}code/", {"code": right}).url == "/en/my/consents/"
    assert of_nssf().channel == "code"


def test_a_code_agrees_to_the_words_that_were_shown_only(opened, person, monkeypatch):
    laptop = opened()
    confirm(laptop, GIVE, {"given": "code"})
    code = codes.code_of(PhoneChallenge.objects.get())
    monkeypatch.setattr(views, "consent_paragraphs", lambda: ["", "Something else."])
    assert laptop.post(f"{GIVE}code/", {"code": code}).url == GIVE
    assert not Consent.objects.filter(operator_code="nssf").exists()


def test_the_code_of_one_operator_is_none_for_another(opened, person):
    laptop = opened()
    confirm(laptop, GIVE, {"given": "code"})
    code = codes.code_of(PhoneChallenge.objects.get())
    assert laptop.post("/en/my/consents/idpoor/give/code/", {"code": code}).status_code == 302
    assert not Consent.objects.exclude(channel="online").exists()

"""How somebody consents to be helped is recorded as it was given, and shown to them."""

import pytest
from django.db import connection

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import AssistedSession, PhoneChallenge
from registry.models import Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import details_of_one

pytestmark = pytest.mark.django_db

OPEN, CODE = "/en/counter/open/", "/en/counter/open/code/"


@built_once
def person(areas, consent_agreements, sokha) -> Person:
    register_household(actor=sokha, details=details_of_one())
    return Person.objects.get()


@pytest.fixture
def opening(laptop, person):
    laptop.post("/en/counter/", {"person": person.spid})
    return lambda **given: laptop.post(OPEN, {"reason": "check", "agree": "on", **given})


def session() -> AssistedSession:
    return AssistedSession.objects.get(ended_at=None)


def test_read_out_takes_no_more_than_before(opening):
    assert opening().url == "/en/my/"
    assert (session().consent_how, session().consent_language) == ("read", "en")


def test_a_witness_is_named_to_the_person_and_not_legible_in_the_database(opening, phone_of_sokha):
    assert "Write the name of the witness." in opening(given="witness").content.decode()
    assert opening(given="witness", witness="កែវ ណារី").url == "/en/my/"
    assert session().consent_how == "witness"
    with connection.cursor() as cursor:
        cursor.execute("SELECT consent_witness FROM accounts_assistedsession WHERE ended_at IS NULL")
        assert "ណារី".encode() not in bytes(cursor.fetchone()[0])
    page = phone_of_sokha.get("/en/my/data/help/").content.decode()
    assert "read out before a witness" in page
    assert "កែវ ណារី" in page


def test_a_code_to_their_phone_opens_the_case_and_a_wrong_one_does_not(opening, laptop, person):
    assert opening(given="code").url == CODE
    assert not AssistedSession.objects.exists()
    challenge = PhoneChallenge.objects.get()
    assert (challenge.phone, challenge.purpose) == (person.phone, "consent")
    right = codes.code_of(challenge)
    laptop.post(CODE, {"code": f"{(int(right) + 1) % 10**6:06}"})
    assert not AssistedSession.objects.exists()
    assert laptop.post(CODE, {"code": right}).url == "/en/my/"
    assert (session().consent_how, session().subject_id) == ("code", person.pk)


def test_a_code_of_one_person_opens_no_case_of_another(opening, laptop, person):
    opening(given="code")
    code = codes.code_of(PhoneChallenge.objects.get())
    Person.objects.filter(pk=person.pk).update(phone="+85516999888")
    laptop.post(CODE, {"code": code})
    assert not AssistedSession.objects.exists()


def test_without_a_phone_no_code_is_offered(opening, laptop, person):
    Person.objects.filter(pk=person.pk).update(phone="")
    assert 'value="code"' not in laptop.get(OPEN).content.decode()
    opening(given="code")
    assert not AssistedSession.objects.exists()

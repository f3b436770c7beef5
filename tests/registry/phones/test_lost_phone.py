"""A lost phone is replaced at the counter: by whom, on what proof, and who is notified."""

import pytest

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import AssistedSession, Passkey, PhoneChallenge, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.notifications.models import Message
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

ASK, CODE = "/en/counter/lost-phone/", "/en/counter/lost-phone/code/"
TOLD = {"reason": "stolen", "document": "identity_card", "checked": "on", "phone": "012 345 679"}
NEW = "+85512345679"


@built_once
def person(areas, sokha):
    register_household(actor=sokha, details=household_details())
    return sokha.person


@pytest.fixture
def at_counter(commune_clerk, person):
    open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="check", consent_text="read out"
    )
    return browser(commune_clerk)


def code_in(client) -> str:
    return codes.code_of(PhoneChallenge.objects.get(pk=client.session["lost_phone"]["challenge"]))


def request_replacement(client):
    client.post(ASK, TOLD)
    return client.post(CODE, {"code": code_in(client)})


@pytest.fixture
def second(django_user_model):
    official = django_user_model.objects.create_staff(
        username="clerk.second", password="only-for-tests-9182", role="official", area_code="010201"
    )
    return browser(official)


@pytest.fixture
def replace(at_counter, second):
    """Requested by one official, confirmed by the other."""

    def replaced():
        page = request_replacement(at_counter).url
        return second.post(page, {"document": "identity_card", "checked": "on"})

    return replaced


def test_the_new_phone_signs_in_and_the_old_one_is_out(replace, sokha):
    at_home = browser(sokha)
    Passkey.objects.create(user=sokha, name="lost", credential_id=b"k", credential=b"k")
    assert replace().url == "/en/counter/phones/"
    sokha.refresh_from_db()
    assert sokha.phone == NEW
    assert at_home.get("/en/my/account/").status_code == 302
    assert not Passkey.objects.exists()


def test_both_phones_are_told(replace):
    replace()
    messages = Message.objects.filter(template__startswith="phone_changed")
    assert set(messages.values_list("phone", flat=True)) == {NEW, "+85512345678"}


def test_who_did_it_and_why_is_written_down_and_the_citizen_reads_it(replace, commune_clerk, sokha):
    replace()
    event = AuditEvent.objects.get(action="replace_phone")
    assert (event.actor, event.reason, event.details) == (
        commune_clerk,
        "stolen",
        {"document": "identity_card"},
    )
    assert event.assisted_session_id
    sokha.refresh_from_db()
    assert commune_clerk.full_name in browser(sokha).get("/en/my/account/").content.decode()


@pytest.mark.parametrize("missing", ["reason", "document", "checked", "phone"])
def test_nothing_is_sent_before_all_is_said(at_counter, missing):
    page = at_counter.post(ASK, {**TOLD, missing: ""}).content.decode()
    assert "<title>Error:" in page
    assert not Message.objects.exclude(template__startswith="registered").exists()


def test_a_person_without_an_account_has_nothing_to_replace(at_counter, person):
    person.account = None
    person.save(update_fields=["account"])
    assert at_counter.get(ASK).url == at_counter.post(ASK, TOLD).url == "/en/counter/first-phone/"
    assert not Message.objects.exclude(template__startswith="registered").exists()


def test_an_official_of_another_commune_does_nothing(other_clerk, person):
    open_assisted_session(official=other_clerk, subject_id=person.pk, reason="check", consent_text="read out")
    client = browser(other_clerk)
    assert client.get(ASK).url == client.post(ASK, TOLD).url == "/en/counter/"
    assert not Message.objects.exclude(template__startswith="registered").exists()


def test_without_an_assisted_session_nobody_does_it(commune_clerk, sokha, person):
    assert browser(commune_clerk).post(ASK, TOLD).status_code == 302
    assert browser(sokha).post(ASK, TOLD).url.startswith("/en/counter/sign-in/")
    assert not Message.objects.exclude(template__startswith="registered").exists()


def test_the_code_is_for_this_person_only(at_counter, commune_clerk, areas):
    at_counter.post(ASK, TOLD)
    code = code_in(at_counter)
    other = User.objects.create_citizen(phone="+85516222333")
    register_household(actor=other, details=household_details(person_details(family_name="កែវ")))
    open_assisted_session(
        official=commune_clerk, subject_id=other.person.pk, reason="check", consent_text="x"
    )
    assert at_counter.post(CODE, {"code": code}).url == ASK
    other.refresh_from_db()
    assert other.phone == "+85516222333"


def test_the_number_of_another_account_is_not_taken(at_counter, sokha):
    AssistedSession.objects.create(
        official=User.objects.create_citizen(phone=NEW), reason="x", consent_text="x"
    )
    assert at_counter.post(ASK, TOLD).url == CODE
    assert "cannot be used" in at_counter.post(CODE, {"code": code_in(at_counter)}).content.decode()
    sokha.refresh_from_db()
    assert sokha.phone == "+85512345678"


def test_a_double_click_asks_once(at_counter):
    at_counter.post(ASK, TOLD)
    code = code_in(at_counter)
    pages = {at_counter.post(CODE, {"code": code}).url for _ in range(2)}
    assert len(pages) == 1
    assert AuditEvent.objects.filter(action="ask_replacement").count() == 1

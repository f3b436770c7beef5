"""An account opened at the counter for somebody registered without one."""

import pytest

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge, PhoneEvent, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.notifications.models import Message
from registry.models import Person
from registry.registration.services import register_household
from tests.registry.cast import BOPHA_BORN, household_details, person_details
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

ASK, CODE = "/en/counter/first-phone/", "/en/counter/first-phone/code/"
TOLD = {"document": "identity_card", "checked": "on", "phone": "012 345 679"}
NEW = "+85512345679"
BOPHA = {
    "family_name": "កែវ",
    "given_name": "បុប្ផា",
    "latin_family_name": "Keo",
    "latin_given_name": "Bopha",
    "date_of_birth": BOPHA_BORN,
}


def registered(assisted_session, **changes) -> Person:
    details = household_details(person_details(**changes))
    household = register_household(
        actor=assisted_session.official, assisted_session=assisted_session, details=details
    )
    return household.memberships.get(relationship="head").person


@pytest.fixture
def person(areas, assisted_session):
    return registered(assisted_session)


@pytest.fixture
def at_counter(commune_clerk, person):
    return browser(commune_clerk)


def code_in(client) -> str:
    return codes.code_of(PhoneChallenge.objects.get(pk=client.session["first_phone"]["challenge"]))


def open_account(client):
    client.post(ASK, TOLD)
    return client.post(CODE, {"code": code_in(client)})


def test_the_persons_page_leads_to_it_until_there_is_an_account(at_counter, person):
    assert f'href="{ASK}"' in at_counter.get("/en/my/").content.decode()
    open_account(at_counter)
    assert f'href="{ASK}"' not in at_counter.get("/en/my/").content.decode()


def test_the_person_signs_in_with_that_phone_and_sees_the_household(at_counter, person):
    assert open_account(at_counter).url == "/en/my/"
    person.refresh_from_db()
    assert person.account.phone == NEW
    assert person.spid_grouped in browser(person.account).get("/en/my/").content.decode()


def test_an_account_that_waits_at_home_without_a_record_is_linked(at_counter, person):
    waiting = User.objects.create_citizen(phone=NEW)
    open_account(at_counter)
    person.refresh_from_db()
    assert person.account == waiting


def test_who_did_it_is_written_down_and_the_phone_is_told(at_counter, person, assisted_session):
    open_account(at_counter)
    event = AuditEvent.objects.get(action="claim")
    assert (event.actor, event.assisted_session_id, event.details) == (
        assisted_session.official,
        assisted_session.pk,
        {"document": "identity_card"},
    )
    assert Message.objects.filter(template="account_open", phone=NEW).exists()


@pytest.mark.parametrize("missing", ["document", "checked", "phone"])
def test_nothing_is_sent_before_all_is_said(at_counter, missing):
    assert "<title>Error:" in at_counter.post(ASK, {**TOLD, missing: ""}).content.decode()
    assert not PhoneChallenge.objects.exists()


def test_the_phone_of_somebody_elses_account_is_not_taken(at_counter, person, areas):
    other = User.objects.create_citizen(phone=NEW)
    register_household(actor=other, details=household_details(person_details(family_name="កែវ")))
    at_counter.post(ASK, TOLD)
    assert "cannot be used" in at_counter.post(CODE, {"code": code_in(at_counter)}).content.decode()
    person.refresh_from_db()
    assert person.account is None


def test_a_closed_account_is_not_opened_again(at_counter, person):
    User.objects.create_citizen(phone=NEW)
    User.objects.filter(phone=NEW).update(is_active=False)
    at_counter.post(ASK, TOLD)
    at_counter.post(CODE, {"code": code_in(at_counter)})
    person.refresh_from_db()
    assert person.account is None


def test_a_code_asked_for_one_person_opens_nothing_for_the_next(at_counter, commune_clerk, person):
    at_counter.post(ASK, TOLD)
    code = code_in(at_counter)
    asked = {"official": commune_clerk, "reason": "check", "consent_text": "x"}
    other = registered(open_assisted_session(**asked, subject_id=None), **BOPHA)
    assert at_counter.post(CODE, {"code": code}).url == ASK
    other.refresh_from_db()
    assert other.account is None


def test_a_double_click_opens_one_account(at_counter):
    at_counter.post(ASK, TOLD)
    code = code_in(at_counter)
    assert [at_counter.post(CODE, {"code": code}).url for _ in range(2)] == ["/en/my/", "/en/my/"]
    assert AuditEvent.objects.filter(action="claim").count() == 1


def test_a_wrong_code_opens_nothing(at_counter, person):
    at_counter.post(ASK, TOLD)
    wrong = "000000" if code_in(at_counter) != "000000" else "111111"
    assert "4 more times" in at_counter.post(CODE, {"code": wrong}).content.decode()
    person.refresh_from_db()
    assert person.account is None


def test_the_code_can_be_sent_again(at_counter, person):
    at_counter.post(ASK, TOLD)
    PhoneEvent.objects.all().delete()
    assert at_counter.post(CODE, {"resend": "1"}).url == CODE
    assert at_counter.post(CODE, {"code": code_in(at_counter)}).url == "/en/my/"

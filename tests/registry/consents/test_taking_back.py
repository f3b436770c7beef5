"""The whole registration taken back by the head of the household, at the counter."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from applications.models import Application
from applications.services import submit_application
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.notifications import sms_templates
from dsp_platform.notifications.models import Message
from registry.beneficiaries.enrolment import enrol
from registry.consents.taking_back import take_back_registration
from registry.models import ChangeRequest, Enrolment, Household, Payment, Person
from registry.persons.households import household_of
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import about, ask
from tests.registry.pages import confirm, official_client
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
PAGE = "/{}/my/registration/take-back/"


def session_with(person, clerk):
    return open_assisted_session(
        official=clerk, subject_id=person.pk, reason="other", consent_text="read out"
    )


@pytest.fixture
def head(family, sokha):
    return Person.objects.get(account=sokha)


@pytest.fixture
def counter(head, commune_clerk):
    session_with(head, commune_clerk)
    return official_client(commune_clerk)


@pytest.fixture
def things(family, head, sokha, family_package, people):
    """What hangs on the household."""
    enrolment = enrol(person=head, programme=family_package, since=date(2026, 1, 1))
    paid = {"amount": 34000, "paid_on": date(2026, 2, 1), "operator_reference": "p"}
    Payment.objects.create(enrolment=enrolment, **paid)
    return {
        "application": submit_application(
            actor=sokha, assisted_session=None, person=people["ពិសិដ្ឋ"], programme=family_package, consent=True
        ),
        "change": ask(sokha, "name", who=about(head), name={"family_name": "សុខ", "given_name": "សុភា"}),
    }


def test_all_of_it_follows_in_one_step(things, family, head, counter, commune_clerk):
    LedgerEntry.objects.update(state="delivered", may_have_copy=True, delivered_revision=1)
    spids = set(Person.objects.values_list("spid", flat=True))
    confirm(counter, PAGE.format("en"))
    household = Household.objects.get(pk=family.pk)
    assert household.closed_on is not None
    assert not household.memberships.filter(ended_on=None).exists()
    assert not household.consents.filter(withdrawn_at=None).exists()
    assert Application.objects.get(pk=things["application"].pk).state == "withdrawn"
    assert not ChangeRequest.objects.get(pk=things["change"].pk).is_open
    # Every copy is to be deleted.
    assert set(LedgerEntry.objects.values_list("agreement", "state")) == {(None, "due")}
    # The record of what was paid stays, and so does every number.
    assert Enrolment.objects.get().payments.count() == 1
    assert set(Person.objects.values_list("spid", flat=True)) == spids
    event = AuditEvent.objects.get(action="take_back_registration")
    assert (event.actor, event.subject_id) == (commune_clerk, family.pk)
    assert event.assisted_session_id is not None


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "was taken back"), ("km", "ការចុះបញ្ជីគ្រួសារត្រូវបានដកវិញ")],
)
def test_one_text_tells_it_and_a_second_click_does_nothing(family, counter, sokha, language, words):
    page = PAGE.format(language)
    for _click in range(2):
        assert confirm(counter, page)["Location"] == f"/{language}/my/"
    told = Message.objects.filter(template="registration_taken_back")
    assert [one.phone for one in told] == [sokha.phone]
    assert words in sms_templates.render("registration_taken_back", {}, language)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "nobody else ever gets these SPIDs"), ("km", "គ្មាននរណាផ្សេងទទួលលេខ SPID ទាំងនេះឡើយ")],
)
def test_the_page_says_all_that_follows_first(things, family, counter, head, language, words):
    assert PAGE.format(language) in counter.get(f"/{language}/my/consents/").content.decode()
    page = counter.get(PAGE.format(language)).content.decode()
    for shown in (words, things["application"].reference, head.spid_grouped, family.number):
        assert shown in page
    answer = counter.post(PAGE.format(language), {"shown": "0" * 64})
    assert answer.status_code == 200
    assert Household.objects.get(pk=family.pk).closed_on is None


def test_a_member_who_is_not_the_head_reads_what_they_can_do(family, people, commune_clerk):
    session = session_with(people["ពិសិដ្ឋ"], commune_clerk)
    client = official_client(commune_clerk)
    for language, words in (("en", "Only the head of the household"), ("km", "មានតែមេគ្រួសារ")):
        answer = client.post(PAGE.format(language))
        assert words in answer.content.decode()
    with pytest.raises(PermissionDenied):
        take_back_registration(household=family, actor=commune_clerk, assisted_session=session)
    assert Household.objects.get(pk=family.pk).closed_on is None


def test_a_citizen_alone_is_sent_to_the_office(family, sokha):
    client = browser(sokha)
    assert client.post(PAGE.format("en"))["Location"] == "/en/my/consents/"
    assert "goes to the commune or sangkat office" in client.get("/en/my/consents/").content.decode()
    with pytest.raises(PermissionDenied):
        take_back_registration(household=family, actor=sokha, assisted_session=None)


def test_whoever_took_it_back_registers_again_with_the_same_number(family, head, counter, sokha):
    confirm(counter, PAGE.format("en"))
    page = browser(sokha).get("/en/my/").content.decode()
    assert "Register a household of your own" in page
    details = household_details(person_details(), returning=head.spid)
    household = register_household(actor=sokha, details=details)
    assert household_of(Person.objects.get(pk=head.pk)) == household

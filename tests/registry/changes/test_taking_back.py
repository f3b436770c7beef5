"""The registration taken back: asked for by the head at the counter, heard, decided by somebody else."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from applications.models import Application
from applications.services import submit_application
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import NotYours
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.notifications import sms_templates
from dsp_platform.notifications.models import Message
from registry.beneficiaries.enrolment import enrol
from registry.changes.hearings.services import answer_household_change
from registry.changes.services import withdraw_change
from registry.changes.timeline import what_next
from registry.consents.services import give_consent
from registry.errors import AlreadyAsked, ChangeError, Outdated
from registry.models import ChangeRequest, Enrolment, Household, Payment, Person
from registry.persons.households import household_of
from registry.persons.writer import PersonWriter
from registry.registration.services import register_household
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, household_details, official, person_details
from tests.registry.changes.cast import about, ask, decide, heard
from tests.registry.pages import confirm, official_client
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
PAGE = "/{}/my/changes/take-back/"
CHECK = PAGE + "check/"
LANGUAGES = pytest.mark.parametrize("language", ["en", "km"])


def session_with(person, clerk):
    return open_assisted_session(
        official=clerk, subject_id=person.pk, reason="other", consent_text="read out"
    )


@pytest.fixture
def home(maly) -> Household:
    return household_of(maly)


@pytest.fixture
def second_clerk(areas) -> User:
    return official("clerk.second", "010202")


@pytest.fixture
def case(heng, other_clerk):
    return session_with(heng.person, other_clerk)


@pytest.fixture
def counter(case, other_clerk):
    return official_client(other_clerk)


@pytest.fixture
def asked(case, other_clerk) -> ChangeRequest:
    return ask(other_clerk, "take-back", case)


def is_closed(home: Household) -> bool:
    return Household.objects.get(pk=home.pk).closed_on is not None


# --- nobody does it alone


def test_one_official_alone_ends_nothing(asked, home, other_clerk):
    assert asked.state == ChangeRequest.State.WAITING
    with pytest.raises(NotYours):
        decide(heard(asked), other_clerk)
    assert not is_closed(home)


def test_all_adults_and_the_head_are_told_and_have_days_to_answer(asked, home, second_clerk):
    told = Message.objects.filter(template="household_asked")
    assert {one.phone for one in told} == {HEAD_PHONE, MALY_PHONE}
    with pytest.raises(ChangeError):
        decide(asked, second_clerk)
    assert not is_closed(home)


def test_who_objects_lets_the_district_decide(asked, home, maly_at_home, second_clerk, district):
    answer_household_change(request=asked, agrees=False, note="", actor=maly_at_home)
    with pytest.raises(ChangeError):
        decide(heard(asked), second_clerk)
    assert not is_closed(home)
    asked.refresh_from_db()
    assert decide(asked, district, "refuse", "x").state == ChangeRequest.State.REFUSED


def test_it_is_asked_for_once_and_can_be_withdrawn(asked, home, case, other_clerk):
    with pytest.raises(AlreadyAsked):
        ask(other_clerk, "take-back", case)
    withdrawn = withdraw_change(request=asked, actor=other_clerk, assisted_session=case)
    assert withdrawn.state == ChangeRequest.State.WITHDRAWN
    assert not is_closed(home)


def test_who_is_not_the_head_any_more_took_back_nothing(asked, home, heng, maly, second_clerk):
    with PersonWriter() as writer:
        for one in home.memberships.filter(person=heng.person):
            writer.update_membership(one, relationship="spouse")
        for one in home.memberships.filter(person=maly):
            writer.update_membership(one, relationship="head")
    with pytest.raises(Outdated):
        decide(heard(asked), second_clerk)
    assert not is_closed(home)


# --- who may ask for it


def test_it_is_offered_to_the_head_at_the_counter_alone(home, heng, maly, counter, second_clerk):
    session_with(maly, second_clerk)
    for client, offered in (
        (counter, True),
        (official_client(second_clerk), False),
        (browser(heng), False),
    ):
        page = client.get("/en/my/changes/").content.decode()
        assert (PAGE.format("en") in page) is offered


def test_a_member_who_is_not_the_head_reads_what_they_can_do(home, maly, other_clerk):
    session = session_with(maly, other_clerk)
    client = official_client(other_clerk)
    for language, words in (("en", "Only the head of the household"), ("km", "មានតែមេគ្រួសារ")):
        assert PAGE.format(language) in client.get(f"/{language}/my/consents/").content.decode()
        assert words in client.get(PAGE.format(language)).content.decode()
        assert client.post(CHECK.format(language))["Location"] == PAGE.format(language)
    with pytest.raises(PermissionDenied):
        ask(other_clerk, "take-back", session)
    assert not ChangeRequest.objects.exists()


def test_a_citizen_alone_is_sent_to_the_office(home, heng):
    client = browser(heng)
    for page in ("/en/my/consents/", PAGE.format("en")):
        assert "goes to the commune or sangkat office" in client.get(page).content.decode()
    assert client.post(CHECK.format("en"))["Location"] == PAGE.format("en")
    with pytest.raises(PermissionDenied):
        ask(heng, "take-back")


# --- what the pages say


@pytest.fixture
def things(home, heng, maly, agreements, family_package):
    """What hangs on the household."""
    give_consent(
        household=home,
        given_by=heng.person,
        operator_code="idpoor",
        purpose="x",
        text="x",
        language="km",
        actor=heng,
        assisted_session=None,
    )
    enrolment = enrol(person=heng.person, programme=family_package, since=date(2026, 1, 1))
    paid = {"amount": 34000, "paid_on": date(2026, 2, 1), "operator_reference": "p"}
    Payment.objects.create(enrolment=enrolment, **paid)
    return {
        "application": submit_application(
            actor=heng, assisted_session=None, person=maly, programme=family_package, consent=True
        ),
        "change": ask(heng, "name", who=about(heng.person), name={"family_name": "សុខ", "given_name": "សុភា"}),
    }


KEPT = {"en": "nobody else ever gets these SPIDs", "km": "គ្មាននរណាផ្សេងទទួលលេខ SPID ទាំងនេះឡើយ"}
POVERTY = {"en": "The poverty level of the household ends", "km": "កម្រិតភាពក្រីក្ររបស់គ្រួសារត្រូវបញ្ចប់"}
TOLD = {"en": "get a text message if they have a phone, see for whom you asked", "km": "ទទួលសារទូរសព្ទ"}


@LANGUAGES
def test_the_check_page_says_all_that_follows_first(things, home, heng, counter, language):
    page = counter.get(CHECK.format(language)).content.decode()
    spid = heng.person.spid_grouped
    for shown in (
        KEPT[language],
        POVERTY[language],
        TOLD[language],
        things["application"].reference,
        spid,
        home.number,
    ):
        assert shown in page
    answer = counter.post(CHECK.format(language), {"shown": "0" * 64})
    assert answer.status_code == 200
    assert not ChangeRequest.objects.filter(kind="take-back").exists()


@LANGUAGES
def test_so_do_the_pages_of_who_is_heard_and_who_decides(asked, maly_at_home, second_clerk, language):
    for user, page in (
        (maly_at_home, f"my/household-changes/{asked.reference}/"),
        (second_clerk, f"counter/changes/{asked.reference}/"),
    ):
        shown = browser(user).get(f"/{language}/{page}").content.decode()
        assert KEPT[language] in shown
        assert POVERTY[language] in shown


def test_a_second_click_finds_the_request_and_a_withdrawn_one_is_asked_for_anew(counter, case, other_clerk):
    page = CHECK.format("en")
    first = confirm(counter, page)["Location"]
    assert counter.post(page, {"shown": "x"})["Location"] == first
    withdraw_change(request=ChangeRequest.objects.get(), actor=other_clerk, assisted_session=case)
    assert confirm(counter, page)["Location"] != first
    assert ChangeRequest.objects.filter(state="waiting").count() == 1


# --- what it does


@pytest.fixture
def done(home, things, asked, second_clerk) -> ChangeRequest:
    LedgerEntry.objects.update(state="delivered", may_have_copy=True, delivered_revision=1)
    Household.objects.filter(pk=home.pk).update(poverty_level="level1")
    return decide(heard(asked), second_clerk)


def test_all_of_it_follows_in_one_step(done, things, home, second_clerk):
    household = Household.objects.get(pk=home.pk)
    assert (done.state, household.closed_on is not None) == ("applied", True)
    assert not household.memberships.filter(ended_on=None).exists()
    assert not household.consents.filter(withdrawn_at=None).exists()
    assert Application.objects.get(pk=things["application"].pk).state == "withdrawn"
    assert not ChangeRequest.objects.get(pk=things["change"].pk).is_open
    # Every copy is to be deleted.
    entries = LedgerEntry.objects.filter(operator_id="idpoor")
    assert sorted(entries.values_list("kind", flat=True)) == ["household", "person", "person", "person"]
    assert set(entries.values_list("agreement", "state")) == {(None, "due")}
    # The record of what was paid stays, and so does every number.
    assert Enrolment.objects.get().payments.count() == 1
    assert Person.objects.filter(memberships__household=home, merged_into=None).exclude(spid="").count() == 3
    event = AuditEvent.objects.get(action="change_approve")
    assert (event.actor, event.reason) == (second_clerk, "take-back")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "was taken back"), ("km", "ការចុះបញ្ជីគ្រួសារត្រូវបានដកវិញ")],
)
def test_every_member_with_a_phone_is_told(done, language, words):
    told = Message.objects.filter(template="registration_taken_back")
    assert [one.phone for one in told] == [MALY_PHONE]
    assert [one.phone for one in Message.objects.filter(template="change_approve")] == [HEAD_PHONE]
    assert words in sms_templates.render("registration_taken_back", {}, language)
    with translation.override("en"):
        assert "told to delete" in what_next(done)


def test_whoever_took_it_back_registers_again_with_the_same_number_and_no_poverty_level(done, heng):
    page = browser(heng).get("/en/my/").content.decode()
    assert "Register a household of your own" in page
    details = household_details(person_details(sex="male", born=heng.person.born), returning=heng.person.spid)
    household = register_household(actor=heng, details=details)
    assert household_of(Person.objects.get(pk=heng.person.pk)) == household
    assert household.poverty_level == ""

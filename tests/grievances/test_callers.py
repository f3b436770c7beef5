"""Who calls is found by the counter's search: whoever handles it sees them, and nobody else sees more."""

import pytest

from dsp_platform.audit.models import AuditEvent
from grievances import selectors, services
from grievances.delivery.records import words_of
from grievances.models import Grievance
from grievances.workflow import grievance_workflow
from tests.applications.helpers import sign_in
from tests.grievances.test_appeals import programme as programme
from tests.grievances.test_pages import fill, url
from tests.grievances.test_ways_in import enrolment as enrolment

PHONE = "+85512888777"


@pytest.fixture
def desk(operators, commune_clerk):
    return sign_in(commune_clerk)


@pytest.fixture
def called(tell, person, commune_clerk) -> Grievance:
    return tell(actor=commune_clerk, channel="phone", caller=person, phone=PHONE, unnamed=True)


def say(desk, person, words: str, *, chosen: bool = True, channel: str = "phone"):
    typed = {"channel": channel, "caller": words, "caller_chosen": person.spid if chosen else ""}
    return fill(desk, contact=typed)


def test_by_spid_phone_or_name_and_village(desk, person):
    for words in (person.spid, person.phone, person.name, f"{person.name}, {person.village.name}"):
        answer = say(desk, person, words)
        assert answer.status_code == 302, words
        found = Grievance.objects.latest("pk")
        assert (found.person, found.channel) == (person, "phone")


def test_the_official_says_that_it_is_the_one_who_was_found(desk, person):
    answer = say(desk, person, person.name, chosen=False).content.decode()
    assert "Tick what was found if it is right" in answer
    assert f'value="{person.spid}"' in answer
    assert not Grievance.objects.exists()


def test_nobody_found_is_said_and_empty_is_enough(desk, person):
    assert "Nobody of your area is found" in say(desk, person, "0000").content.decode()
    say(desk, person, "", chosen=False)
    assert Grievance.objects.get().person is None


def test_nobody_of_another_area(person, other_clerk):
    assert "Nobody of your area is found" in say(sign_in(other_clerk), person, person.spid).content.decode()


def test_whoever_is_here_gets_a_case_of_their_own(desk, person):
    assert "open one" in say(desk, person, person.spid, channel="counter").content.decode()
    assert not Grievance.objects.exists()


def test_the_search_is_recorded_as_at_the_counter(desk, person):
    say(desk, person, person.spid)
    assert AuditEvent.objects.filter(action="search").count() == 1
    assert AuditEvent.objects.filter(action="listed", subject_id=person.pk).exists()


def test_a_citizen_is_not_asked(person, sokha):
    browser = sign_in(sokha)
    say(browser, person, person.spid)
    assert "caller" not in browser.get(url("report_question", "contact")).content.decode()


def test_the_handler_sees_who_it_is_unproved_and_the_number_to_call(called, person, steward):
    page = sign_in(steward).get(f"/en/admin/grievances/grievance/{called.pk}/change/").content.decode()
    assert person.spid_grouped in page
    assert "as they said; nobody has checked it" in page
    assert f'href="tel:{PHONE}"' in page


def test_the_handler_sees_the_payments_of_the_programme_named(
    tell, enrolment, person, commune_clerk, nssf_reviewer
):
    told = tell(
        actor=commune_clerk, channel="phone", caller=person, programme=enrolment.programme, unnamed=True
    )
    page = sign_in(nssf_reviewer).get(f"/en/admin/grievances/grievance/{told.pk}/change/").content.decode()
    assert "N-1" in page
    assert "No payments were reported." in page


def test_of_other_reports_the_number_stays_untold(tell, steward):
    told = tell(phone=PHONE)
    page = sign_in(steward).get(f"/en/admin/grievances/grievance/{told.pk}/change/").content.decode()
    assert PHONE not in page


def test_it_opens_to_nobody_by_their_account_or_case(
    called, person, sokha, commune_clerk, clerk_assisted_session
):
    assert called not in selectors.grievances_of(person, sokha)
    assert selectors.grievance_visible_to(sokha, None, called.reference) is None
    assert selectors.grievance_visible_to(commune_clerk, clerk_assisted_session, called.reference) is None


def test_it_gives_no_consent_and_no_number(called):
    assert not words_of([called.pk])
    assert grievance_workflow.numbers_in_reach(called) == []


def test_told_at_the_counter_or_in_the_portal_nobody_is_a_caller(tell, person, commune_clerk):
    assert tell(actor=commune_clerk, caller=person, unnamed=True).person is None
    assert tell(caller=person, channel="phone").person is None


def test_its_words_are_still_added_by_pin(called):
    services.add_words(grievance=called, actor=None, assisted_session=None, text="ទៀត")
    assert called.events.last().actor is None

"""Reports that begin at what they are about, and those that an official types for somebody else."""

import datetime

import pytest

from dsp_platform.casework.errors import NotYours
from grievances import selectors, services
from grievances.models import Grievance
from registry.models import Enrolment
from tests.applications.helpers import sign_in
from tests.grievances.test_appeals import programme as programme
from tests.grievances.test_pages import follow, send, url


@pytest.fixture
def enrolment(person, programme):
    since = datetime.date(2026, 1, 1)
    return Enrolment.objects.create(person=person, programme=programme, since=since, operator_reference="N-1")


def begun(browser, asked: str) -> Grievance | None:
    """Follows the link, says what happened, and sends it."""
    browser.get(f"{url('report')}?{asked}")
    browser.post(url("report_question", "what"), {"text": "ប្រាក់មិនមកដល់"})
    send(browser)
    return Grievance.objects.first()


def test_a_payment_from_the_support_itself(enrolment, sokha, nssf_reviewer):
    browser = sign_in(sokha)
    assert f"?enrolment={enrolment.pk}" in browser.get("/en/my/").content.decode()
    found = begun(browser, f"enrolment={enrolment.pk}")
    assert (found.category, found.enrolment, found.operator_id) == ("payment", enrolment, "nssf")
    assert found.programme == enrolment.programme
    page = sign_in(nssf_reviewer).get(f"/en/admin/grievances/grievance/{found.pk}/change/").content.decode()
    assert "N-1" in page
    assert "No payments were reported." in page


def test_nobody_begins_at_the_support_of_others(enrolment, client, commune_clerk, steward):
    for browser in (client, sign_in(commune_clerk), sign_in(steward)):
        page = browser.get(f"{url('report')}?enrolment={enrolment.pk}")
        assert page.status_code == 200  # asks what it is about


def test_unnamed_keeps_the_programme_and_not_the_support(enrolment, tell, sokha):
    found = tell(actor=sokha, enrolment=enrolment, unnamed=True)
    assert (found.enrolment, found.programme, found.person) == (None, enrolment.programme, None)


@pytest.mark.parametrize(
    ("asked", "category"), [("programme=voluntary-health", "other"), ("about=data", "data")]
)
def test_about_a_programme_and_about_data(programme, client, asked, category):
    found = begun(client, asked)
    assert found.category == category
    assert found.programme_id == (programme.pk if category == "other" else None)


@pytest.mark.parametrize(
    "asked", ["enrolment=x", "enrolment=99", "programme=none", "application=A", "about=abuse"]
)
def test_what_names_nothing_asks_what_it_is_about(operators, client, asked):
    assert client.get(f"{url('report')}?{asked}").status_code == 200


def test_an_official_in_words_of_who_complains(areas, operators, client, steward):
    client.post(url("report"), {"category": "staff"})
    client.post(url("report_question", "what"), {"text": "គាត់ស្រែក"})
    client.post(url("report_question", "where"), {"official": "មេភូមិ", "area": "បន្ទាយនាង"})
    send(client)
    found = Grievance.objects.get()
    assert (found.official, found.area_id) == ("មេភូមិ", "010201")
    page = sign_in(steward).get(f"/km/admin/grievances/grievance/{found.pk}/change/").content.decode()
    assert "មេភូមិ" in page


def test_it_is_forgotten_when_it_is_about_something_else(operators, client):
    client.post(url("report"), {"category": "staff"})
    client.post(url("report_question", "what"), {"text": "គាត់ស្រែក"})
    client.post(url("report_question", "where"), {"official": "មេភូមិ"})
    client.post(url("report"), {"category": "payment"})
    send(client)
    assert Grievance.objects.get().official is None


@pytest.mark.parametrize("channel", ["phone", "paper"])
@pytest.mark.parametrize("language", ["en", "km"])
def test_an_official_types_it_for_a_caller(operators, commune_clerk, steward, client, channel, language):
    browser = sign_in(commune_clerk)
    browser.post(url("report", language=language), {"category": "payment"})
    browser.post(url("report_question", "what", language=language), {"text": "ប្រាក់មិនមកដល់"})
    browser.post(url("report_question", "where", language=language), {})
    send(browser, {"channel": channel}, language=language)
    found = Grievance.objects.get()
    assert (found.channel, found.reported_by, found.person) == (channel, commune_clerk, None)
    assert found.reference in browser.get(url("reported", language=language)).content.decode()
    follow(client, found)  # the caller
    services.add_words(grievance=found, actor=None, assisted_session=None, text="ទៀត")
    assert found.events.last().actor is None


def test_whoever_typed_it_does_not_answer_it(tell, steward):
    found = tell(actor=steward, channel="phone")
    assert found in selectors.queue_of(steward)
    with pytest.raises(NotYours):
        services.handle_grievance(grievance=found, step="take_up", actor=steward, expected_version=1)


def test_a_citizen_who_follows_a_call_stays_unnamed(tell, commune_clerk, sokha):
    found = tell(actor=commune_clerk, channel="phone")
    services.add_words(grievance=found, actor=sokha, assisted_session=None, text="ទៀត")
    assert found.events.last().actor is None


def test_at_the_counter_and_in_the_portal(tell, sokha, commune_clerk, clerk_assisted_session):
    assert tell(actor=sokha, channel="phone").channel == "portal"
    assert tell().channel == "portal"
    told = tell(actor=commune_clerk, assisted_session=clerk_assisted_session, channel="paper")
    assert told.channel == "counter"

"""A report about an office: in an assisted session its officials read none of it, and change none of it."""

import pytest
from django.test import Client

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.notifications.models import Message
from grievances import selectors
from registry.my_data import selectors as my_data
from registry.my_data.sections import subjects_about
from tests.applications.helpers import sign_in
from tests.grievances.test_pages import follow, url
from tests.grievances.test_services import handle

WORDS = "The office took my rice card."


@pytest.fixture
def about(tell, sokha, person, areas):
    def about(office, **values):
        return tell(actor=sokha, category="other", office=areas[office], text=WORDS, **values)

    return about


@pytest.fixture
def helped_by(person):
    """The browser of an official of that area, in an assisted session with the person."""

    def helped_by(area_code):
        official = User.objects.create_staff(
            username=f"official.{area_code}", password="x", role="official", area_code=area_code
        )
        session = open_assisted_session(
            official=official, subject_id=person.pk, reason="check", consent_text="read out"
        )
        return sign_in(official), official, session

    return helped_by


@pytest.mark.parametrize(
    ("office", "helper", "is_open"),
    [
        ("010201", "010201", False),
        ("0102", "010201", False),  # those above may ask them
        ("010201", "0102", False),  # their chief
        ("010202", "010201", True),
    ],
)
def test_the_case_opens_it_to_officials_of_other_offices_alone(
    about, helped_by, person, office, helper, is_open
):
    told = about(office)
    browser, official, session = helped_by(helper)
    assert (browser.get(url("grievance", told.reference)).status_code == 200) == is_open
    assert (selectors.grievance_visible_to(official, session, told.reference) == told) == is_open
    assert (told in selectors.grievances_of(person, official)) == is_open
    mine = my_data.data_subject(person, assisted_session=session)
    assert (told.pk in subjects_about(mine).get("grievance", {})) == is_open
    assert (WORDS in browser.get("/en/my/data/everything/").content.decode()) == is_open


def test_the_case_changes_nothing_of_it(about, helped_by, steward, sokha):
    told = about("010201", phone="+85512777888")
    browser, _official, _session = helped_by("010201")
    browser.post(url("grievance", told.reference), {"version": told.version, "words": "I take it back."})
    browser.post(url("confirm_phone", told.reference), {"correct": "1", "phone": "012 999 888"})
    handle(told, steward, step="resolve", note="Done.")
    browser.post(url("rate", told.reference), {"satisfaction": "solved"})
    browser.post(url("grievance", told.reference), {"words": "All is well."})
    told.refresh_from_db()
    assert (told.phone, told.satisfaction, told.reopened_at) == ("+85512777888", "", None)
    assert [one.step for one in told.events.all()] == ["report", "resolve"]


def test_the_persons_own_account_and_the_pin_open_it(about, helped_by, sokha):
    told = about("010201")
    assert WORDS in sign_in(sokha).get(url("grievance", told.reference)).content.decode()
    assert WORDS in follow(Client(), told).content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_of_the_case_says_where_the_person_reads_it(about, helped_by, language):
    """Whether there is one or not."""
    browser, _official, _session = helped_by("010201")
    page = browser.get(f"/{language}/my/").content.decode()
    words = {"km": "អំពីការិយាល័យរបស់អ្នក", "en": "those about your own office, are not shown here"}
    assert words[language] in page


def texts():
    return list(Message.objects.filter(template="grievance_added").values_list("phone", flat=True))


def test_what_an_official_adds_is_told_to_the_person_once_a_day(about, helped_by, steward, sokha):
    told = about("010202", phone=sokha.phone)
    browser, _official, _session = helped_by("010201")
    for words in ("One more thing.", "And another."):
        browser.post(url("grievance", told.reference), {"version": told.version, "words": words})
    assert told.events.count() == 3
    assert texts() == [sokha.phone]


def test_so_is_what_an_official_says_of_the_answer(about, helped_by, steward, sokha):
    told = about("010202", phone=sokha.phone)
    handle(told, steward, step="resolve", note="Done.")
    browser, _official, _session = helped_by("010201")
    browser.post(url("rate", told.reference), {"satisfaction": "solved"})
    told.refresh_from_db()
    assert told.satisfaction == "solved"
    assert texts() == [sokha.phone]


def test_what_the_person_adds_is_told_to_nobody(about, sokha):
    told = about("010201", phone=sokha.phone)
    sign_in(sokha).post(url("grievance", told.reference), {"version": told.version, "words": "More."})
    assert told.events.count() == 2
    assert texts() == []

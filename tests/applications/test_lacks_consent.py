"""An application whose operator may not receive what it needs promises no day and says what to do."""

import pgtrigger
import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from applications import agreements, services
from applications.models import Application
from dsp_platform.casework.deadlines.selectors import open_deadlines
from dsp_platform.exchange.models import Agreement
from registry.consents.services import give_consent, withdraw_consent
from registry.models import Consent, Programme
from tests.roles import as_owner
from tests.structure.conftest import browser

WORDS = {"km": "មិនទទួលព័ត៌មានរបស់អ្នកទេ", "en": "does not receive your details now"}


@pytest.fixture
def uncovered(application):
    """As after the applicant moved into a household that gave no consent."""
    Consent.objects.filter(operator_code="nssf").update(withdrawn_at=timezone.now())
    return application


def taken_back(household, sokha):
    withdraw_consent(household=household, operator_code="nssf", actor=sokha, assisted_session=None)


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_says_so_and_leads_to_the_consents(uncovered, sokha, language):
    page = browser(sokha).get(f"/{language}/applications/{uncovered.reference}/").content.decode()
    assert WORDS[language] in page
    assert f"/{language}/my/consents/" in page


@pytest.mark.parametrize("language", ["km", "en"])
def test_it_is_the_first_thing_to_do_and_leads_to_the_page_to_agree(uncovered, sokha, language):
    page = browser(sokha).get(f"/{language}/my/").content.decode()
    to_do = page[page.index('<ul class="to-do">') :]
    to_do = to_do[: to_do.index("</ul>")]
    assert f'href="/{language}/my/consents/nssf/give/"' in to_do
    assert str(uncovered.programme.operator) in to_do
    assert str(uncovered.programme) in to_do


def test_once_agreed_or_decided_it_is_to_do_no_more(uncovered, household, sokha):
    page = browser(sokha)
    Application.objects.update(state=Application.State.WITHDRAWN)
    assert "/my/consents/nssf/give/" not in page.get("/en/my/").content.decode()
    Application.objects.update(state=Application.State.IN_REVIEW)
    assert "/my/consents/nssf/give/" in page.get("/en/my/").content.decode()
    give_consent(
        household=household,
        given_by=uncovered.person,
        operator_code="nssf",
        purpose="x",
        text="x",
        language="km",
        actor=sokha,
        assisted_session=None,
    )
    assert "/my/consents/nssf/give/" not in page.get("/en/my/").content.decode()


def test_where_the_operator_receives_by_law_nobody_is_asked(uncovered, sokha):
    with as_owner(), pgtrigger.ignore():
        Agreement.objects.filter(operator="nssf").update(basis="law", legal_reference="x")
    assert "/my/consents/nssf/give/" not in browser(sokha).get("/en/my/").content.decode()


def test_no_day_is_promised(uncovered, sokha):
    assert agreements.lacks_consent(uncovered)
    day = f"until {localdate(open_deadlines(uncovered)[-1].due_at):%d/%m/%Y}"
    assert day not in shown_to(sokha, f"/en/applications/{uncovered.reference}/")


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_of_the_consent_says_before_that_the_application_is_closed(application, sokha, language):
    page = browser(sokha).get(f"/{language}/my/consents/nssf/withdraw/").content.decode()
    assert application.reference in page
    assert {"km": "ត្រូវបានបិទ", "en": "is closed. You can apply again."}[language] in page


@pytest.mark.parametrize("language", ["km", "en"])
def test_then_it_is_closed_and_its_page_says_why(application, household, sokha, language):
    taken_back(household, sokha)
    assert Application.objects.get().state == Application.State.WITHDRAWN
    page = browser(sokha).get(f"/{language}/applications/{application.reference}/").content.decode()
    assert {"km": "បានបិទ៖ ការយល់ព្រមត្រូវបានដកវិញ", "en": "Closed: the consent was taken back"}[language] in page


@pytest.mark.parametrize("language", ["km", "en"])
def test_both_pages_say_that_the_new_application_asks_for_the_consent_anew(
    application, household, sokha, language
):
    words = {"km": "គេនឹងសុំការយល់ព្រមពីអ្នកសាជាថ្មី", "en": "You will be asked for your consent anew."}[language]
    assert words in shown_to(sokha, f"/{language}/my/consents/nssf/withdraw/")
    taken_back(household, sokha)
    assert words in shown_to(sokha, f"/{language}/applications/{application.reference}/")


@pytest.mark.parametrize("change", [{"state": "paused"}, {"takes_applications": False}])
def test_no_page_promises_it_where_the_programme_takes_none(application, household, sokha, change):
    with as_owner():  # not by two people
        Programme.objects.update(**change)
    page = f"/en/applications/{application.reference}/"
    before = shown_to(sokha, "/en/my/consents/nssf/withdraw/"), shown_to(sokha, f"{page}withdraw/")
    assert "is closed." in before[0]
    assert "It will not be decided." in before[1]
    taken_back(household, sokha)
    after = shown_to(sokha, page)
    assert "Nothing more has to be done." in after
    assert not any("apply again" in shown for shown in (*before, after))


def shown_to(user, page):
    return browser(user).get(page).content.decode()


def test_it_can_be_applied_for_again(application, household, person, programme, sokha):
    taken_back(household, sokha)
    again = services.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )
    assert again.pk != application.pk
    assert not agreements.lacks_consent(again)

"""What a report is about names one programme and its operator, or the page says what contradicts."""

import pytest

from registry.models import Programme
from tests.applications.helpers import sign_in
from tests.grievances.test_appeals import application, programme
from tests.grievances.test_pages import url
from tests.roles import as_owner

__all__ = ["application", "programme"]


@pytest.fixture
def other_programme(operators):
    with as_owner():
        return Programme.objects.create(
            code="cash", operator=operators["idpoor"], name_km="ប្រាក់", name_en="Cash", state="open"
        )


def where(browser, language: str = "en", **chosen: str):
    browser.post(url("report", language=language), {"category": "payment"})
    browser.post(url("report_question", "what", language=language), {"text": "text"})
    return browser.post(url("report_question", "where", language=language), chosen)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "belongs to another operator"), ("km", "ជារបស់ប្រតិបត្តិករផ្សេង")]
)
def test_an_operator_to_which_the_programme_does_not_belong(programme, client, language, words):
    page = where(client, language, programme=programme.code, operator="idpoor")
    assert page.status_code == 200
    assert words in page.content.decode()


@pytest.mark.parametrize("chosen", [{"operator": "nssf"}, {"operator": ""}])
def test_the_one_to_which_it_belongs_or_none(programme, client, chosen):
    assert where(client, programme=programme.code, **chosen).status_code == 302


def test_an_application_for_another_programme(application, other_programme, sokha):
    browser = sign_in(sokha)
    page = where(browser, application=application.reference, programme=other_programme.code)
    assert "different programmes" in page.content.decode()
    same = application.programme.code
    assert where(browser, application=application.reference, programme=same).status_code == 302


def test_an_operator_that_does_not_decide_the_application(application, sokha):
    page = where(sign_in(sokha), application=application.reference, operator="idpoor")
    assert "belongs to another operator" in page.content.decode()

"""A grievance of somebody without an account, from the report to "solved", in Khmer: the person on a phone,
the official on a laptop."""

import pytest
from playwright.sync_api import Page

from grievances.models import Grievance
from tests.applications.helpers import sign_in
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.people import press, put, tell


@pytest.fixture
def desk(open_page, steward, live_server):
    """``desk(grievance, step, words)``: the next step, on the page of the grievance."""

    def take(grievance: Grievance, step: str, words: str, scripts: bool) -> Page:
        page = open_page("/healthz", LAPTOP, scripts=scripts)
        session = sign_in(steward).cookies["session"].value
        page.context.add_cookies([{"name": "session", "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}/km/admin/grievances/grievance/{grievance.pk}/change/")
        page.check(f"[name=step][value={step}]")
        page.fill("[name=note]", words)
        with page.expect_navigation():
            page.locator("form#main input[type=submit]").click()
        grievance.refresh_from_db()
        return page

    return take


@pytest.mark.parametrize("scripts", [False, True], ids=["scripts off", "scripts on"])
def test_from_the_report_to_solved(transactional_db, operators, open_page, desk, scripts):
    page = open_page("/km/grievances/report/", PHONE, scripts=scripts)
    tell(page, {"category": "payment"})
    tell(page, {"text": "យើងមិនទាន់បានទទួលប្រាក់ខែនេះទេ"})
    press(page)
    press(page)
    reference, pin = page.locator("main .panel .reference").all_inner_texts()
    grievance = Grievance.objects.get()

    desk(grievance, "ask_more", "តើលើកចុងក្រោយនៅថ្ងៃណា?", scripts)
    page.goto(page.url.replace("reported", "follow"))
    tell(page, {"reference": reference, "pin": pin})
    assert "តើលើកចុងក្រោយនៅថ្ងៃណា?" in page.inner_text("main")
    tell(page, {"words": "នៅខែកញ្ញា"})
    grievance.refresh_from_db()
    assert (grievance.state, grievance.events.last().step) == ("in_review", "answer")

    desk(grievance, "resolve", "ប្រាក់នឹងមកដល់នៅថ្ងៃច័ន្ទ", scripts)
    page.reload()
    assert "ប្រាក់នឹងមកដល់នៅថ្ងៃច័ន្ទ" in page.inner_text("main")
    judge(page, "no")
    put(page, "words", "ថ្ងៃច័ន្ទបានកន្លងទៅហើយ")
    press(page)
    grievance.refresh_from_db()
    assert grievance.state == "reported"

    desk(grievance, "resolve", "ប្រាក់បានមកដល់ហើយ", scripts)
    page.reload()
    assert page.locator("textarea").count() == 0  # once is all
    judge(page, "solved")
    grievance.refresh_from_db()
    assert grievance.satisfaction == "solved"
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def judge(page: Page, satisfaction: str) -> None:
    with page.expect_navigation():
        page.click(f"[name=satisfaction][value={satisfaction}]")

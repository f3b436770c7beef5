"""The desk of a commune office in Khmer: search, a case, "come back", the lock, and nothing left of the last
person."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from dsp_platform.accounts.models import AssistedSession
from registry.models import Appointment, Person
from registry.registration.services import register_household
from tests.applications.helpers import details, sign_in
from tests.browser.conftest import LAPTOP, PHONE, second_factor

NOTE = "សៀវភៅគ្រួសារ"
MINUTE = 60 * 1000
# A camera that shows a slip, and a browser that reads it.
CAMERA = """
navigator.mediaDevices.getUserMedia = async () => {
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  return canvas.captureStream(5);
};
window.BarcodeDetector = class { async detect() { return [{ rawValue: "%s" }]; } };
"""


@pytest.fixture
def person(transactional_db, areas, operators, sokha) -> Person:
    register_household(actor=sokha, details=details())
    return Person.objects.get(account=sokha)


@pytest.fixture
def desk(person, commune_clerk, open_page) -> Callable[..., Page]:
    def open_(scripts: bool = True, viewport: dict[str, int] = LAPTOP, script: str = "") -> Page:
        session = sign_in(commune_clerk).cookies["session"].value
        page = open_page("/healthz", viewport, scripts=scripts)
        server = page.url.removesuffix("/healthz")
        page.context.add_cookies([{"name": "session", "value": session, "url": server}])
        if script:
            page.add_init_script(script)
        page.goto(f"{server}/km/counter/")
        return page

    return open_


def go(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).or_(
            page.get_by_role("link", name=name, exact=True)
        ).first.click()


def type_and_enter(page: Page, text: str = "") -> None:
    page.locator(":focus").wait_for()  # the browser sets it after it has loaded the page
    with page.expect_navigation():
        page.keyboard.type(text)
        page.keyboard.press("Enter")


def unlock(page: Page, person: Person) -> None:
    """With the code of the official, after a look at what the locked desk shows."""
    assert "/km/counter/lock/" in page.url
    assert person.name not in page.inner_text("body")
    page.locator(":focus").wait_for()
    with page.expect_navigation():
        page.keyboard.type(second_factor(AssistedSession.objects.latest("opened_at").official.username))
        page.keyboard.press("Enter")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_case_from_the_search_to_its_end(desk, person, scripts):
    page = desk(scripts)

    # A reader types the number of the slip and sends Enter; Enter again opens the case.
    type_and_enter(page, person.spid_grouped)
    assert "បានស្វែងរកជា៖ SPID" in page.inner_text("main")
    type_and_enter(page)
    assert page.url.endswith("/counter/open/")
    page.check("[name=reason][value=check]")
    page.check("[name=agree]")
    go(page, "បើកករណី")

    # They are asked to come back. The official walks away in the middle of it.
    go(page, "ណាត់ឱ្យមកវិញ")
    page.check("[name=reason][value=document]")
    page.fill("[name=note]", NOTE)
    go(page, "ចាក់សោ")
    unlock(page, person)
    assert page.url.endswith("/counter/come-back/")
    assert page.input_value("[name=note]") == NOTE
    go(page, "រក្សាទុក")
    assert NOTE in page.inner_text("main")
    assert Appointment.objects.get().person == person

    # The case ends: neither Back nor the desk shows the record again.
    go(page, "បញ្ចប់ករណី")
    assert page.url.endswith("/km/counter/")
    page.go_back(wait_until="load")
    shown = page.inner_text("body")
    assert person.spid_grouped not in shown
    assert NOTE not in shown
    assert page.locator(".banner").count() == 0

    # Signing out leaves nothing either.
    page.goto(page.url.split("/km/")[0] + "/km/counter/")
    assert person.name in page.inner_text(".desk")
    page.locator("header form[action$='/sign-out/'] button").click()
    page.wait_for_url("**/km/")
    page.go_back(wait_until="load")
    assert person.name not in page.inner_text("body")


def test_the_desk_locks_by_itself_and_loses_nothing(desk, person, commune_clerk):
    AssistedSession.objects.create(
        official=commune_clerk, subject_id=person.pk, reason="check", consent_text="…"
    )
    page = desk()
    page.clock.install()
    page.goto(page.url.replace("/counter/", "/counter/come-back/"))
    page.fill("[name=note]", NOTE)
    page.clock.run_for(5 * MINUTE)
    page.keyboard.type(" ")  # in use: the time begins anew
    page.clock.run_for(7 * MINUTE)
    assert page.url.endswith("/come-back/")
    with page.expect_navigation(url=re.compile("/counter/lock/")):
        page.clock.run_for(5 * MINUTE)
    unlock(page, person)
    assert page.url.endswith("/come-back/")
    assert page.input_value("[name=note]").strip() == NOTE


def test_the_camera_reads_the_slip(desk, person):
    page = desk(script=CAMERA % person.spid_grouped)
    with page.expect_navigation():
        page.get_by_role("button", name="ស្កេនកូដ QR ដោយកាមេរ៉ា").click()
    assert page.locator("button[name=person]").count() == 1


def test_the_desk_fits_a_laptop_and_a_telephone(desk, person, commune_clerk):
    for viewport in (LAPTOP, PHONE):
        page = desk(viewport=viewport)
        assert fits(page)
    assert page.locator("[data-scan]").is_hidden()  # this browser reads no codes

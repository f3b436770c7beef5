"""A reviewer at the desk, in Khmer on a laptop of 1366x768: reads, looks at the documents, decides, undoes,
decides again; scripts on and off."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from playwright.sync_api import Page, expect

from applications.models import Application, HeldDecision
from applications.services import submit_application
from dsp_platform.uploads import reading
from dsp_platform.uploads import services as uploads
from registry.models import Programme
from registry.registration.services import register_household
from tests.applications.helpers import (
    APPLICATION_FIELDS,
    PERSON_FIELDS,
    agreement,
    details,
    let_leave,
    sign_in,
)
from tests.browser.conftest import LAPTOP
from tests.roles import as_owner
from tests.uploads.conftest import jpeg

ANSWERS = {"note": "សៀវភៅគ្រួសារខ្វះទំព័រទី២។", "note_translated": "Page 2 of the family book is missing."}


@pytest.fixture
def application(transactional_db, areas, operators, sokha, settings, tmp_path) -> Application:
    """With two documents."""
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")
    register_household(actor=sokha, details=details())
    agreement(operators["nssf"], "person", PERSON_FIELDS)
    agreement(operators["nssf"], "application", APPLICATION_FIELDS)
    with as_owner():
        programme = Programme.objects.create(
            code="health", operator=operators["nssf"], name_km="ការធានារ៉ាប់រងសុខភាព", name_en="Health",
            state="open", rule="age >= 18",
        )  # fmt: skip
    with translation.override("km"):
        sent = submit_application(
            actor=sokha, assisted_session=None, person=sokha.person, programme=programme, consent=True
        )
    for title, colour in (("អត្តសញ្ញាណប័ណ្ណ", "navy"), ("សៀវភៅគ្រួសារ", "olive")):
        uploads.add(
            actor=sokha, assisted_session=None, kind="application", key=str(sent.pk), title=title,
            name="a.jpg", content=jpeg(900, 1300, colour),
        )  # fmt: skip
    while reading.read_next():
        pass
    return sent


def at_the_desk(open_page, user, application: Application, *, scripts: bool) -> Page:
    page = open_page("/healthz", LAPTOP, scripts=scripts)
    server = page.url.removesuffix("/healthz")
    session = sign_in(user).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": session, "url": server}])
    page.goto(f"{server}/km/admin/applications/application/{application.pk}/change/")
    return page


def press(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_reviewer_decides_and_undoes(
    application, nssf_reviewer, second_nssf_reviewer, sokha, open_page, scripts
):
    page = at_the_desk(open_page, nssf_reviewer, application, scripts=scripts)
    # What is known, the documents and the decision are in sight at once.
    for seen in (".desk-known .review-lines", ".viewer-pages", "[name=decision]", "form#main [type=submit]"):
        expect(page.locator(seen).first).to_be_in_viewport()
    pictures = page.locator(".viewer img")
    if scripts:
        assert [one.is_visible() for one in pictures.all()] == [True, False]
        page.locator("[data-pages]").focus()
        page.keyboard.press("ArrowRight")
        assert [one.is_visible() for one in pictures.all()] == [False, True]
        wide = pictures.nth(1).bounding_box()["width"]
        page.keyboard.press("+")
        assert pictures.nth(1).bounding_box()["width"] > wide
        page.keyboard.press("r")
        turned = pictures.nth(1).bounding_box()
        assert turned["width"] > turned["height"]
    else:
        assert [one.is_visible() for one in pictures.all()] == [True, True]
        assert pictures.first.bounding_box()["width"] > 350

    page.check("[name=decision][value=refuse]")
    page.check("[name=reason][value=documents]")
    for name, text in ANSWERS.items():
        page.fill(f"[name={name}]", text)
    press(page, "form#main [type=submit]")
    # The letter in both languages, before anything is decided.
    letters = page.locator(".letter-preview").all_inner_texts()
    assert [text in letter for text, letter in zip(ANSWERS.values(), letters, strict=True)] == [True, True]
    assert not HeldDecision.objects.exists()
    if scripts:
        contrast = Axe().run(page, options={"runOnly": ["color-contrast"]})
        assert contrast.response["violations"] == []
    # The main button is the one that stands out: filled, and the way back is not.
    fills = [
        page.locator(f"button[name={name}]").evaluate("one => getComputedStyle(one).backgroundColor")
        for name in ("confirmed", "change")
    ]
    assert fills == ["rgb(27, 107, 74)", "rgb(255, 255, 255)"]
    press(page, "[name=confirmed][value=on]")

    other = at_the_desk(open_page, second_nssf_reviewer, application, scripts=scripts)
    assert nssf_reviewer.full_name in other.locator(".review-held").inner_text()
    press(page, "[name=act][value=undo]")
    assert let_leave() == 0

    page.check("[name=decision][value=approve]")
    press(page, "form#main [type=submit]")
    press(page, "[name=confirmed][value=on]")
    application.refresh_from_db()
    assert application.state == "submitted"
    assert let_leave() == 1
    application.refresh_from_db()
    assert (application.state, application.decided_by) == ("approved", nssf_reviewer)

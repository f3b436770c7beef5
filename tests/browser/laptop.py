"""The laptop of an official, at a line that drops, and what is written on it."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import BrowserContext, Error, Page

from dsp_platform.accounts.models import User
from tests.browser.people import FAMILY, Answers, put
from tests.browser.weak_line import Line
from tests.registry.pages import begin_household, official_client
from tests.services import CHROMIUM

HEAD, SON = FAMILY[0], FAMILY[3]
ROSTER: Answers = {
    "village_code": "01020101",
    "m1-family_name": HEAD.family_name,
    "m1-given_name": HEAD.given_name,
    "m1-sex": "female",
    "m1-born": "1985",
    "m1-document_type": "identity_card",
    "m1-document_number": "010203045",
    "m2-relationship": "child",
    "m2-family_name": SON.family_name,
    "m2-given_name": SON.given_name,
    "m2-sex": "male",
    "m2-born": "2026",
}
NOBODY = "input[value=nobody]"
STEPS: list[Answers] = [{"agree": True}, ROSTER, {NOBODY: True}, {}]
"""A household of two, page by page, up to its number."""
CONTROLLED = """() => navigator.serviceWorker.controller ? null : new Promise((done) =>
    navigator.serviceWorker.addEventListener("controllerchange", () => done(null)))"""


@pytest.fixture
def line(live_server) -> Iterator[Line]:
    with Line((live_server.thread.host, live_server.thread.port)).open() as line:
        yield line


@pytest.fixture
def clerk(areas, operators, commune_clerk) -> User:
    return commune_clerk


@pytest.fixture
def laptop(line, clerk, tmp_path, transactional_db, playwright) -> Iterator[Callable[..., Page]]:
    """``laptop(clerk)``: the browser of the office, started anew on the same disk."""
    opened: list[BrowserContext] = []

    def start(
        official: User | None = None,
        path: str = "/km/register/",
        case: bool = True,
        controlled: bool = True,
    ) -> Page:
        for one in opened:
            with suppress(Error):
                one.close()
        opened.clear()
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "disk", executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"],
            locale="km-KH", viewport={"width": 1366, "height": 768},
        )  # fmt: skip
        context.set_default_timeout(60_000)
        opened.append(context)
        if official:
            start.office = official_client(official)
            if case:
                begin_household(start.office)
        # Also after it was killed: Chromium writes cookies to the disk only every half minute.
        if hasattr(start, "office"):
            session = start.office.cookies["session"].value
            context.add_cookies(
                [{"name": "session", "value": session, "url": line.url, "expires": time.time() + 3600}]
            )
        page = context.pages[0]
        page.goto(line.url + path)
        if controlled:
            page.evaluate(CONTROLLED)
        return page

    yield start
    for one in opened:
        with suppress(Error):
            one.close()


def household(number: int) -> list[Answers]:
    """Another one, of whom nobody is alike."""
    letters = chr(0x1780 + number % 33) + chr(0x1780 + number // 33 % 33)
    roster = dict(ROSTER)
    for name in ("m1-given_name", "m2-given_name"):
        roster[name] = f"{letters}{roster[name]}{letters}"
    roster["m1-document_number"] = f"{300000000 + number * 7919}"
    return [STEPS[0], roster, *STEPS[2:]]


def kill(page: Page, disk: Path) -> None:
    """As a battery that dies."""
    for process in psutil.process_iter(["cmdline"]):
        if f"--user-data-dir={disk}" in (process.info["cmdline"] or []):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    page.wait_for_event("close")


def fill(page: Page, answers: Answers) -> None:
    for name, value in answers.items():
        if name == NOBODY:
            for box in page.locator(NOBODY).all():
                box.check()
        else:
            put(page, name, value)


def send(page: Page, answers: Answers) -> None:
    """Without waiting for what comes."""
    fill(page, answers)
    page.locator("main form#main button.button").first.click(no_wait_after=True)


def onward(page: Page, before: str) -> None:
    page.wait_for_url(lambda url: url != before, timeout=90_000)
    page.locator("main form#main, main .spid").first.wait_for(timeout=90_000)


def kept(page: Page) -> None:
    page.locator("#offline-kept").wait_for(state="visible")

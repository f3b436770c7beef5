"""An official at a line that drops: what was typed is kept on the laptop, sent once, and the work goes on."""

import copy
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from dsp_platform.accounts.models import User
from dsp_platform.offline.models import OfflineItem
from registry.models import Draft, Household, Person
from tests.browser.people import FAMILY, Answers, put
from tests.browser.weak_line import Line
from tests.registry.pages import begin_household, official_client
from tests.services import CHROMIUM
from tests.stack import wait_for

HEAD, SON = FAMILY[0], FAMILY[3]
STEPS: list[Answers] = [
    {"agree": True},
    {"family_name": HEAD.family_name, "given_name": HEAD.given_name},
    {"sex": "female"},
    {"born_year": "1985"},
    {"document_type": "identity_card", "document_number": "010203045"},
    {"phone": "012 345 678"},
    {"village_code": "01020101"},
    {"more": "yes"},
    {"family_name": SON.family_name, "given_name": SON.given_name},
    {"relationship": "child"},
    {"sex": "male"},
    {"born_year": "2026"},
    {"document_type": "none"},
    {"more": "no"},
    {"difficulty": "none", "working": "yes"},
    {},
]
"""A household of two, page by page, up to its number."""


CONTROLLED = """() => navigator.serviceWorker.controller ? null : new Promise((done) =>
    navigator.serviceWorker.addEventListener("controllerchange", () => done(null)))"""

EVERYTHING = "() => Device.items().then((all) => JSON.stringify(all))"
OLDER = """(days) => Device.items().then(([one]) =>
    Device.write("items", { ...one, written: Date.now() - days * 86400000 }))"""


@pytest.fixture
def line(live_server) -> Iterator[Line]:
    with Line((live_server.thread.host, live_server.thread.port)).open() as line:
        yield line


@pytest.fixture
def clerk(areas, operators, commune_clerk) -> User:
    return commune_clerk


@pytest.fixture
def laptop(line, clerk, tmp_path, transactional_db) -> Iterator[Callable[..., Page]]:
    """``laptop(clerk)``: the browser of the office, started anew on the same disk."""
    opened: list[BrowserContext] = []
    with sync_playwright() as playwright:

        def start(official: User | None = None, path: str = "/km/register/") -> Page:
            for one in opened:
                with suppress(Error):
                    one.close()
            opened.clear()
            context = playwright.chromium.launch_persistent_context(
                tmp_path / "disk", executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"],
                locale="km-KH", viewport={"width": 1366, "height": 768},
            )  # fmt: skip
            context.set_default_timeout(20_000)
            opened.append(context)
            if official:
                start.office = official_client(official)
                begin_household(start.office)
                session = start.office.cookies["session"].value
                context.add_cookies(
                    [{"name": "session", "value": session, "url": line.url, "expires": time.time() + 3600}]
                )
            page = context.pages[0]
            page.goto(line.url + path)
            page.evaluate(CONTROLLED)
            return page

        yield start
        for one in opened:
            with suppress(Error):
                one.close()


def household(number: int) -> list[Answers]:
    """Another one, of whom nobody is alike."""
    steps = copy.deepcopy(STEPS)
    letters = chr(0x1780 + number % 33) + chr(0x1780 + number // 33 % 33)
    for step in steps:
        if "given_name" in step:
            step["given_name"] = f"{letters}{step['given_name']}{letters}"
        if step.get("document_number"):
            step["document_number"] = f"{300000000 + number * 7919}"
    return steps


def kill(page: Page, disk: Path) -> None:
    """As a battery that dies."""
    for process in psutil.process_iter(["cmdline"]):
        if f"--user-data-dir={disk}" in (process.info["cmdline"] or []):
            with suppress(psutil.NoSuchProcess):
                process.kill()
    page.wait_for_event("close")


def send(page: Page, answers: Answers) -> None:
    """Without waiting for what comes."""
    for name, value in answers.items():
        put(page, name, value)
    page.locator("main form#main button.button").first.click(no_wait_after=True)


def at(page: Page) -> str:
    return page.locator("h1").first.inner_text() + page.url


def kept(page: Page) -> None:
    page.locator("#offline-kept").wait_for(state="visible")


def test_a_line_cut_at_every_step_holds_nothing_up(laptop, line, clerk):
    page = laptop(clerk)
    for number, answers in enumerate(STEPS):
        before = page.url
        line.is_cut, line.lose_answers = number % 2 == 0, number % 2
        send(page, answers)
        kept(page)
        assert page.locator("#offline-items li").count() == 1
        line.is_cut = False
        page.wait_for_url(lambda url, before=before: url != before)
        page.locator("main").wait_for()
    assert page.url.endswith("/km/registered/")
    assert Household.objects.count() == 1
    assert Person.objects.count() == 2
    assert OfflineItem.objects.filter(state="applied").count() == len(STEPS)


def test_a_browser_that_is_killed_has_kept_it(laptop, line, clerk, tmp_path):
    page = laptop(clerk)
    send(page, STEPS[0])
    page.wait_for_url("**/member/1/name/")
    line.is_cut = True
    send(page, STEPS[1])
    kept(page)
    kill(page, tmp_path / "disk")
    line.is_cut = False
    page = laptop(path="/km/offline/")
    page.locator("#offline-none").wait_for(state="visible")
    assert Draft.objects.get().answers["members"][0]["given_name"] == HEAD.given_name
    assert OfflineItem.objects.count() == 2


def test_a_browser_that_is_killed_while_it_sends_has_kept_it(laptop, line, clerk, tmp_path):
    page = laptop(clerk)
    line.holds = True
    send(page, STEPS[0])
    wait_for(lambda: line.held)
    kill(page, tmp_path / "disk")
    line.holds = False
    page = laptop(path="/km/offline/")
    page.locator("#offline-none").wait_for(state="visible")
    assert Draft.objects.get().answers["consent"]["agree"]


def test_nobody_reads_on_the_laptop_what_is_kept(laptop, line, clerk, other_clerk):
    page = laptop(clerk)
    send(page, STEPS[0])
    page.wait_for_url("**/member/1/name/")
    line.is_cut = True
    send(page, STEPS[1])
    kept(page)
    assert HEAD.given_name not in page.evaluate(EVERYTHING)
    line.is_cut = False
    page.context.clear_cookies()
    page = laptop(other_clerk, "/km/offline/")
    page.locator("#offline-others").wait_for(state="visible")
    assert page.locator("#offline-items li").count() == 0
    assert not Draft.objects.get().answers["members"]


def test_what_is_wrong_in_it_is_shown_when_it_is_sent(laptop, line, clerk):
    page = laptop(clerk)
    send(page, STEPS[0])
    page.wait_for_url("**/member/1/name/")
    line.is_cut = True
    send(page, {"family_name": HEAD.family_name, "given_name": "☺"})
    kept(page)
    line.is_cut = False
    page.locator(".summary").wait_for()
    assert page.input_value("[name=family_name]") == HEAD.family_name
    send(page, STEPS[1])
    page.wait_for_url("**/sex/")
    assert page.evaluate("Device.items()") == []


def test_whoever_signs_out_leaves_no_key(laptop, line, clerk):
    page = laptop(clerk)
    assert page.evaluate("Device.read('device', 'device')")
    line.is_cut = True  # without a line too
    page.locator("header form button").last.click(no_wait_after=True)
    page.locator("#offline-form").wait_for(state="visible")
    assert page.evaluate("Device.read('device', 'device')") is None


def test_after_five_days_it_is_deleted_with_a_warning(laptop, line, clerk):
    page = laptop(clerk)
    line.is_cut = True
    send(page, STEPS[0])
    kept(page)
    page.evaluate(OLDER, 4.5)
    page.goto(line.url + "/km/offline/")
    page.locator('[data-if="soon"]').wait_for(state="visible")
    page.evaluate(OLDER, 5.5)
    page.reload()
    page.locator('[data-if="expired"]').wait_for(state="visible")
    assert page.evaluate("Device.items().then((all) => all[0].sealed)") is None
    page.locator("[data-forget]").click()
    page.locator("#offline-none").wait_for(state="visible")


def test_on_a_bad_line_nothing_is_lost_and_nothing_comes_twice(laptop, line, clerk):
    """``WEAK_LINE_SECONDS=3600`` for an hour of it."""
    page, households = laptop(clerk), 0
    line.loss = 1 - (1 - 0.3) ** 0.5  # of the requests, and of the answers: of both together 30 %
    until = time.monotonic() + float(os.environ.get("WEAK_LINE_SECONDS", "60"))
    while time.monotonic() < until or not households:
        for answers in household(households):
            before = page.url
            send(page, answers)
            page.wait_for_url(lambda url, before=before: url != before, timeout=90_000)
            page.locator("main form#main, main .spid").first.wait_for(timeout=90_000)
        households += 1
        begin_household(laptop.office)
        page.goto(line.url + "/km/register/")
        page.locator("main form#main").wait_for(timeout=90_000)
    assert line.lost > len(STEPS) / 4
    assert Household.objects.count() == households
    assert Person.objects.count() == 2 * households

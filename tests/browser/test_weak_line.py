"""An official at a line that drops: what was typed is kept on the laptop, sent once, and the work goes on."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote_plus

import psutil
import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from dsp_platform.accounts.models import User
from dsp_platform.offline.models import OfflineItem
from registry.models import Draft, Household, Person
from tests.browser.people import FAMILY, Answers, put
from tests.browser.weak_line import Line
from tests.registry.pages import begin_household, official_client
from tests.services import CHROMIUM
from tests.stack import wait_for

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

READY = """async () => { while (!(await Device.read("device", "device"))?.permit)
    await new Promise((done) => setTimeout(done, 100)); }"""
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


@pytest.mark.parametrize("lost", ["form", "answer"])
def test_a_line_that_drops_at_every_step_holds_nothing_up(laptop, line, clerk, lost):
    page = laptop(clerk)
    for answers in STEPS:
        before = page.url
        line.is_cut, line.lose_answers = lost == "form", lost == "answer"
        send(page, answers)
        kept(page)
        line.is_cut = False
        onward(page, before)
    assert page.url.endswith("/km/registered/")
    assert Household.objects.count() == 1
    assert Person.objects.count() == 2
    assert OfflineItem.objects.filter(state="applied").count() == len(STEPS)


def test_a_browser_that_is_killed_has_kept_it(laptop, line, clerk, tmp_path):
    page = laptop(clerk)
    send(page, STEPS[0])
    page.wait_for_url("**/register/household/")
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
    page.wait_for_url("**/register/household/")
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
    page.wait_for_url("**/register/household/")
    line.is_cut = True
    send(page, {**ROSTER, "m2-given_name": "☺"})
    kept(page)
    line.is_cut = False
    page.locator(".summary").wait_for()
    assert page.input_value("[name=m1-given_name]") == HEAD.given_name
    send(page, {"m2-given_name": SON.given_name})
    page.wait_for_url("**/register/health/")
    assert page.evaluate("Device.items()") == []


OFFLINE: Answers = {"agree": True, **ROSTER, NOBODY: True}


def write_offline(page: Page, line: Line, answers: Answers) -> None:
    page.goto(line.url + "/km/offline/household/")
    fill(page, answers)


def test_a_whole_household_is_written_without_a_line(laptop, line, clerk, tmp_path):
    page = laptop(clerk, "/km/counter/", case=False)
    page.evaluate(READY)
    line.is_cut = True
    write_offline(page, line, OFFLINE)
    page.wait_for_timeout(1000)
    kill(page, tmp_path / "disk")
    page = laptop(path="/km/offline/household/", controlled=False)
    expect(page.locator("[name=m2-given_name]")).to_have_value(SON.given_name, timeout=30_000)
    page.locator("[data-continue]").click()
    page.locator("#offline-items li").wait_for()
    assert HEAD.given_name not in page.evaluate(EVERYTHING)
    line.is_cut, line.lose_answers = False, 1
    page.locator("#offline-none").wait_for(state="visible")
    wait_for(Household.objects.exists)
    assert Person.objects.count() == 2
    assert OfflineItem.objects.get().state == "applied"


def test_whoever_signs_out_puts_away_what_is_half_written(laptop, line, clerk):
    page = laptop(clerk, "/km/counter/", case=False)
    page.evaluate(READY)
    write_offline(page, line, {"m1-given_name": HEAD.given_name})
    page.wait_for_timeout(1000)
    line.is_cut = True
    page.goto(line.url + "/km/offline/")
    page.evaluate("Device.signOut()")
    assert HEAD.given_name not in page.evaluate(EVERYTHING)
    assert page.evaluate("Device.readDraft()") is None
    page.goto(line.url + "/km/offline/household/")
    page.locator("#offline-not-ready").wait_for(state="visible")
    line.is_cut = False
    page = laptop(path="/km/offline/")
    page.locator("main form[action$='/offline/settle/']").wait_for()
    assert [one["given_name"] for one in Draft.objects.get().answers["members"]] == [HEAD.given_name]
    assert HEAD.given_name in unquote_plus(OfflineItem.objects.get().typed)


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
            onward(page, before)
        households += 1
        begin_household(laptop.office)
        page.goto(line.url + "/km/register/")
        page.locator("main form#main").wait_for(timeout=90_000)
    assert line.lost > len(STEPS) / 4
    assert Household.objects.count() == households
    assert Person.objects.count() == 2 * households

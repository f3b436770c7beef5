"""An official at a line that drops: what was typed is kept on the laptop, sent once, and the work goes on."""

import os
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, expect

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.offline import shell
from dsp_platform.offline.models import OfflineItem
from registry.models import ChangeRequest, Draft, Household, Membership, Person
from tests.browser.laptop import HEAD, NOBODY, ROSTER, SON, STEPS, fill, household, kept, kill, onward, send
from tests.browser.people import Answers
from tests.browser.weak_line import Line
from tests.registry.pages import begin_household
from tests.stack import wait_for

READY = """async () => { while (!(await Device.read("device", "device"))?.permit)
    await new Promise((done) => setTimeout(done, 100)); }"""
UPDATE = "() => navigator.serviceWorker.getRegistration().then((one) => { one.update(); })"
UPDATED = """async () => {
    const found = await navigator.serviceWorker.getRegistration();
    const changed = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done));
    await found.update();
    await changed;
}"""
KEEP = """async (many) => {
    const { account } = await Device.read("device", "device");
    const household = { account, of: "", path: "/km/offline/household/send/", kind: "household" };
    for (let one = 0; one < many; one += 1) {
        await Device.keep({ ...household, fields: "unfinished=yes" });
        await new Promise((done) => setTimeout(done, 5));
    }
}"""
EVERYTHING = "() => Device.items().then((all) => JSON.stringify(all))"
OLDER = """(days) => Device.items().then(([one]) =>
    Device.write("items", { ...one, written: Date.now() - days * 86400000 }))"""


@pytest.mark.parametrize("lost", ["form", "answer"])
def test_a_line_that_drops_at_every_step_holds_nothing_up(laptop, line, clerk, lost):
    page = laptop(clerk)
    for answers in STEPS:
        before = page.url
        with line.dropping(lost):
            send(page, answers)
            kept(page)
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


def test_an_update_of_the_platform_loses_nothing(laptop, line, clerk, monkeypatch):
    """A page of the old release under the new service worker, and a new page under the old one."""
    page = laptop(clerk)
    told, pages = shell.paths_never_kept(), shell._pages

    def release(*never: str, **broken: Any) -> None:
        monkeypatch.setattr(shell, "paths_never_kept", lambda: [*told, *never])
        monkeypatch.setattr(shell, "_pages", broken.get("pages", pages))

    def dropped(answers: Answers) -> None:
        line.is_cut = True
        send(page, answers)
        kept(page)

    release(
        "one/", pages=lambda code: [*pages(code), "/km/nowhere/"]
    )  # it cannot be installed: the old one stays
    page.evaluate(UPDATE)
    page.reload()
    dropped(STEPS[0])
    line.is_cut, before = False, page.url
    onward(page, before)

    release("two/")  # while the page of the roster is shown
    page.evaluate(UPDATED)
    dropped(STEPS[1])
    line.is_cut, line.holds = False, True  # what is kept waits
    release("three/")
    page.evaluate(UPDATED)
    assert len(page.evaluate("Device.items()")) == 1
    page.goto(line.url + "/km/offline/")
    assert len(page.evaluate("Device.items()")) == 1
    line.holds = False
    page.locator("#offline-none").wait_for(state="visible")
    assert Draft.objects.get().answers["members"][0]["given_name"] == HEAD.given_name
    assert OfflineItem.objects.filter(state="applied").count() == 2


FEW = 3
OFFLINE: Answers = {"agree": True, **ROSTER, NOBODY: True}


def in_the_last_minutes() -> list[str]:
    """As times stand on all pages: day first, in Phnom Penh, whatever the browser's language and zone."""
    now = timezone.localtime()
    return [(now - timedelta(minutes=ago)).strftime("%d/%m/%Y %H:%M") for ago in range(3)]


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
    assert page.locator("[data-written]").inner_text() in in_the_last_minutes()
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


def test_a_locked_desk_shows_nothing_of_what_is_half_written(laptop, line, clerk):
    page = laptop(clerk, "/km/counter/", case=False)
    page.evaluate(READY)
    write_offline(page, line, {"m1-given_name": HEAD.given_name})
    page.wait_for_timeout(1000)
    page.goto(line.url + "/km/counter/")
    page.locator("[data-lock]").first.click()
    page.wait_for_url("**/lock/**")
    line.is_cut = True
    page.goto(line.url + "/km/offline/household/")
    page.locator("#offline-not-ready").wait_for(state="visible")
    assert page.evaluate("Device.readDraft()") is None
    assert page.evaluate("Device.items().then((all) => all.length)") == 1
    assert HEAD.given_name not in page.evaluate(EVERYTHING)


def test_after_the_session_ended_nobody_writes_in_their_name(laptop, line, clerk):
    """Ended by the server: nobody has signed out on this laptop."""
    page = laptop(clerk, "/km/counter/", case=False)
    page.evaluate(READY)
    page.context.clear_cookies()
    page.goto(line.url + "/km/offline/household/")
    page.locator("#offline-not-ready").wait_for(state="visible")
    assert not page.evaluate("Device.read('device', 'device').then((one) => one.permit)")


def test_whoever_signs_out_leaves_no_key(laptop, line, clerk):
    page = laptop(clerk)
    assert page.evaluate("Device.read('device', 'device')")
    line.is_cut = True  # without a line too
    page.locator("header form button").last.click(no_wait_after=True)
    page.locator("#offline-form").wait_for(state="visible")
    assert page.evaluate("Device.read('device', 'device')") is None


def test_the_next_official_finds_nothing_of_the_last_one(laptop, line, clerk, other_clerk):
    """Who left without signing out: what is half written is put away before the next one sees a page."""
    page = laptop(clerk, "/km/counter/", case=False)
    page.evaluate(READY)
    write_offline(page, line, {"m1-given_name": HEAD.given_name})
    page.wait_for_timeout(1000)
    page.context.clear_cookies()
    page = laptop(other_clerk, "/km/counter/", case=False)
    page.evaluate(READY)
    page.goto(line.url + "/km/offline/")
    page.locator("#offline-others").wait_for(state="visible")
    assert page.locator("#offline-items li").count() == 0
    assert HEAD.given_name not in page.evaluate(EVERYTHING)
    page.goto(line.url + "/km/offline/household/")
    page.locator("[name=m1-given_name]").wait_for()
    assert page.input_value("[name=m1-given_name]") == ""
    assert not OfflineItem.objects.exists()
    page.evaluate(OLDER, 36)
    page.goto(line.url + "/km/offline/")
    page.locator("#offline-none").wait_for(state="visible")


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


def test_one_that_cannot_be_taken_holds_up_no_other(laptop, line, clerk):
    """Whoever answers so, a proxy too: it stays here, and the next household is sent."""
    page = laptop(clerk, "/km/counter/", case=False)
    page.evaluate(READY)
    page.evaluate(KEEP, 4)
    *bad, good = kept_on(page)
    line.refused = dict(zip(bad, (404, 500, 400), strict=True))
    page.goto(line.url + "/km/offline/")
    expect(page.locator('#offline-items [data-if="failed"]:visible')).to_have_count(3)
    assert [str(one.pk) for one in OfflineItem.objects.all()] == [good]
    assert kept_on(page) == bad
    line.refused.clear()
    page.reload()
    page.locator("#offline-none").wait_for(state="visible")
    assert OfflineItem.objects.count() == 4


def kept_on(page: Page) -> list[str]:
    """On the device. A page that lists it is loaded anew once one was sent, which ends what it is asked."""
    with suppress(Error):
        return page.evaluate("Device.items().then((all) => all.map((one) => one.id))")
    page.wait_for_load_state()
    return kept_on(page)


def go(page: Page, address: str) -> None:
    """As often as a person would: a page of which only a part came ends in an error of the browser's."""
    with suppress(Error):
        page.goto(address)
        return
    page.wait_for_timeout(1000)
    go(page, address)


def write_all(page: Page, line: Line, path: str, pages: list[Answers]) -> None:
    go(page, line.url + path)
    for answers in pages:
        page.locator("main form#main").wait_for(timeout=90_000)
        before = page.url
        send(page, answers)
        page.wait_for_url(lambda url, before=before: url != before, timeout=90_000)
    page.locator("main h1").first.wait_for(timeout=90_000)


def test_on_a_bad_line_nothing_is_lost_and_nothing_comes_twice(laptop, line, clerk):
    """Households, and a change of each. ``WEAK_LINE_SECONDS=3600`` for an hour of it."""
    page, written = laptop(clerk), 0
    line.loss = 1 - (1 - 0.3) ** 0.5  # of the requests, and of the answers: of both together 30 %
    until = time.monotonic() + float(os.environ.get("WEAK_LINE_SECONDS", "0"))
    while written < FEW or time.monotonic() < until:
        begin_household(laptop.office)
        write_all(page, line, "/km/register/", household(written))
        head = Membership.objects.filter(relationship="head").latest("pk").person
        open_assisted_session(official=clerk, subject_id=head.pk, reason="check", consent_text="read out")
        change = [{"address": f"ផ្ទះលេខ {written}"}, {}]
        write_all(page, line, "/km/my/changes/address/address/", change)
        written += 1
    assert line.lost > written
    assert (Household.objects.count(), Person.objects.count()) == (written, 2 * written)
    asked = [one.answers["address"]["address"] for one in ChangeRequest.objects.order_by("pk")]
    assert asked == [f"ផ្ទះលេខ {number}" for number in range(written)]
    assert set(OfflineItem.objects.values_list("state", flat=True)) == {"applied"}
    assert page.evaluate("Device.items()") == []
    print(f"{written} households, {len(asked)} changes, {line.lost} of {line.asked} requests or answers lost")

"""Journeys in a real Chromium against a live server, a real Celery worker and real operator databases."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django_otp.oath import totp
from playwright.sync_api import Browser, Error, Page, Playwright, sync_playwright

from applications.documents import DRAFT, draft_key
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import TOTPDevice, User
from registry.models import Programme
from registry.registration.services import register_household
from tests.applications.helpers import details, sign_in
from tests.browser.laptop import clerk, laptop, line  # noqa: F401
from tests.built_once import WrittenAgain
from tests.roles import as_owner
from tests.services import CHROMIUM
from tests.stack import database_url, empty_operator_databases, own_operator_databases

# Playwright's synchronous API keeps an event loop in this thread; the tests use the ORM beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

BASE = Path(__file__).resolve().parents[2]
PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}
PASSWORD = os.environ["DEMO_PASSWORD"]
RESULTS = BASE / "test-results"
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(300))
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: journey not walked"))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all: a second one in the same thread is refused."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def demonstration() -> WrittenAgain:
    return WrittenAgain("load_areas", "load_operators", "load_catalogue", "load_demo_staff")


@pytest.fixture
def world(transactional_db, demonstration) -> None:
    """The whole demonstration: every area, operator and programme, and the demo people."""
    own_operator_databases()
    demonstration.load()
    empty_operator_databases()  # left by earlier tests
    yield
    empty_operator_databases()


@pytest.fixture
def worker(world) -> Iterator[None]:
    """A separate Celery worker process, on the database of this test."""
    command = [sys.executable, "-m", "celery", "-A", "dsp_platform", "worker"]
    process = subprocess.Popen(
        [*command, "--pool", "solo", "--without-gossip", "--without-mingle", "-l", "WARNING"],
        cwd=BASE, env={
            **os.environ, "DATABASE_URL": database_url(), "SMS_PROVIDER": "demo",
            "UPLOADS_FOLDER": settings.UPLOADS_FOLDER,  # where the test's web process keeps them
        },
    )  # fmt: skip
    yield
    process.send_signal(signal.SIGTERM)
    process.wait(30)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Generator:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def open_page(chromium: Browser, live_server, request) -> Iterator[Callable[..., Page]]:
    """``open_page("/km/", PHONE)``: a page in a separate browser, as of another person."""
    contexts = []

    def open_(path: str, viewport: dict[str, int] = LAPTOP, scripts: bool = True) -> Page:
        context = chromium.new_context(viewport=viewport, java_script_enabled=scripts, locale="km-KH")
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield open_
    for number, context in enumerate(contexts):
        if request.node.stash.get(FAILED, False):
            RESULTS.mkdir(exist_ok=True)
            name = f"{request.node.name}-{number}.png"
            print(f"last page: {context.pages[0].url}, picture: test-results/{name}")
            context.pages[0].screenshot(path=RESULTS / name, full_page=True)
        context.close()


@pytest.fixture
def documents(
    transactional_db, areas, operators, sokha, settings, tmp_path, open_page
) -> Callable[..., Page]:
    """``documents(scripts=True)``: the page where Sokha, or an official for her, sends the documents for
    NSSF.
    """
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")
    register_household(actor=sokha, details=details())
    with as_owner():
        programme = Programme.objects.create(
            code="health", operator=operators["nssf"], name_km="ការធានារ៉ាប់រងសុខភាព", name_en="Health",
            state="open", documents_km="អត្តសញ្ញាណប័ណ្ណ\nសៀវភៅគ្រួសារ", documents_en="Identity card\nFamily book",
        )  # fmt: skip
    key = draft_key(sokha.person, programme)

    def open_(
        scripts: bool = True, *, language: str = "km", official: User | None = None, server: str = ""
    ) -> Page:
        """``server``: the address of a server other than Django's test server."""
        if official:
            words = {"reason": "application", "consent_text": "ខ្ញុំយល់ព្រម"}
            open_assisted_session(official=official, subject_id=sokha.person.pk, **words)
        session = sign_in(official or sokha).cookies["session"].value
        page = open_page("/healthz", PHONE, scripts=scripts)
        if server:  # the real one has files of this kind when they are collected only
            page.route("**/static/*", lambda one: one.fulfill(path=BASE / urlsplit(one.request.url).path[1:]))
        server = server or page.url.removesuffix("/healthz")
        page.context.add_cookies([{"name": "session", "value": session, "url": server}])
        page.goto(f"{server}/{language}/documents/{DRAFT}/{key}/")
        return page

    return open_


def look_again(page: Page) -> str:
    """The present text of the page; retried if the page is being replaced."""
    with suppress(Error):
        page.reload()
        return page.inner_text("main")
    return ""


def second_factor(username: str) -> str:
    """The token of the person's authenticator now; resets the replay protection of the device."""
    device = TOTPDevice.objects.get(user__username=username)
    device.last_t = -1
    device.throttling_failure_count = 0
    device.save()
    return f"{totp(device.bin_key):06}"

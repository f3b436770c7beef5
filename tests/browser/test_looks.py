"""Every main page, small and wide, in both languages: nothing sticks out, shuts anybody out or is heavy."""

from collections.abc import Callable
from gzip import compress
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, Response

from dsp_platform.accounts.models import User
from dsp_platform.accounts.services import open_case
from tests.browser.conftest import LAPTOP, PHONE

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# Design §6: bytes on the wire of a first view, and requests.
BYTES = {"document": 20_000, "stylesheet": 15_000, "script": 15_000}
ALL_BYTES, REQUESTS = 50_000, 8

EVERYBODY = [
    "",
    "programmes/",
    "programmes/family-package/",
    "sign-in/",
    "grievances/report/",
    "no-such-page/",
]
CITIZEN = [
    "my/",
    "my/consents/",
    "my/changes/",
    "my/changes/joins/",
    "my/changes/joins/known/",
    "my/sessions/",
    "slip/",
    "apply/nssf-voluntary-health/",
]
OFFICIAL = ["counter/", "counter/changes/", "register/consent/"]
STAFF = ["admin/", "admin/applications/application/", "admin/accounts/user/"]


@pytest.fixture
def look(open_page, live_server) -> Callable[..., None]:
    """Open the pages as this person (or as nobody) and find fault with none of them."""

    def look_(paths: list[str], username: str = "", phone: str = "", light: bool = True) -> None:
        page = open_page("/healthz")
        if username or phone:
            _sign_in(page, live_server.url, username, phone)
        for language in ("km", "en"):
            for path in paths:
                _look_at(page, f"{live_server.url}/{language}/{path}", light)

    return look_


def _sign_in(page: Page, url: str, username: str, phone: str) -> None:
    client = Client()
    user = User.objects.get(username=username) if username else User.objects.get(phone=phone)
    backend = "StaffBackend" if username else "PhoneBackend"
    client.force_login(user, backend=f"dsp_platform.accounts.backends.{backend}")
    if username:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=user).persistent_id
        session.save()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])


def _look_at(page: Page, url: str, light: bool) -> None:
    answers: list[Response] = []

    def hear(answer: Response) -> None:
        answers.append(answer)

    page.on("response", hear)
    page.goto(url)
    page.remove_listener("response", hear)
    where = urlsplit(page.url).path
    assert where == urlsplit(url).path, f"{url} led to {where}"
    if light:
        _weigh(answers, where)

    for viewport in (PHONE, LAPTOP) if light else (LAPTOP,):
        page.set_viewport_size(viewport)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{where} is {over} px too wide for {viewport['width']}"
        found = AXE.run(page, options=RULES).response["violations"]
        assert not found, [f"{where}: {fault['id']}: {fault['nodes'][0]['html']}" for fault in found]


def _weigh(answers: list[Response], where: str) -> None:
    assert len(answers) <= REQUESTS, f"{where} asks {len(answers)} times"
    total = 0
    for answer in answers:
        size = len(compress(answer.body()))
        total += size
        limit = BYTES.get(answer.request.resource_type, ALL_BYTES)
        assert size <= limit, f"{where}: {answer.url} weighs {size} bytes"
    assert total <= ALL_BYTES, f"{where} weighs {total} bytes"


def test_no_page_sticks_out_shuts_out_or_is_heavy(world, look):
    call_command("load_demo_people", verbosity=0)
    look(EVERYBODY)
    look(CITIZEN, phone="+85512345678")
    clerk = User.objects.get(username="clerk.banteay")
    with transaction.atomic():
        open_case(official=clerk, subject_id=None, reason="register", consent_text="…")
    look(OFFICIAL, username=clerk.username)
    look(STAFF, username="steward.one", light=False)

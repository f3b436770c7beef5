"""Every page that a link leads to, on small and wide screens: no overflow, accessible, small enough.

Each page is opened in Khmer and measured, audited for accessibility, its form submitted empty, and opened in
English, where words are longer. Of pages with the same structure, whoever sees them, the first is checked
completely; the others only for overflow and weight. The main part of a page and what is around it, such as
the banner of an assisted session, are two structures: both may have been checked on different pages. Dark
mode depends on the classes of the style sheet: each of them is checked once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from gzip import compress
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Request, ViewportSize

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from tests.browser import states
from tests.browser.conftest import LAPTOP, PHONE
from tests.crawl import LEFT_OUT, Shape, is_page, pages, read, sent_empty
from tests.structure.conftest import browser

AXE = Axe().axe_script
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "reporter": "no-passes"}
CONTRAST = {"runOnly": ["color-contrast"], "reporter": "no-passes"}
# A laptop of 1280 px at 400%, and a phone of 640 px at 200%.
ZOOMED = {"width": 320, "height": 640}
WIDTHS = (ZOOMED, LAPTOP, PHONE)
# Design §6: compressed bytes of a first view, and requests.
BYTES = {"document": 20_000, "stylesheet": 15_000, "script": 15_000}
ALL_BYTES, REQUESTS = 50_000, 8
KEPT = settings.STATIC_URL
# Pages that are reached by a form or an error and not by a link.
MORE = {
    "anonymous": ("no-such-page/", "help/sign-in/", "my/"),
    "citizen": ("my/account/confirm/", "my/account/phone/", "slip/", "my/claim/"),
    "newcomer": ("register/member/1/already/", "register/member/2/already/", "register/check/"),
    "assisted_session": ("slip/",),
    "official": ("counter/?q=ចាន់",),
}
LEAST = {"anonymous": 25, "citizen": 50, "newcomer": 25, "assisted_session": 10, "official": 10}
STAFF = ["admin/", "admin/applications/application/", "admin/registry/programme/", "admin/accounts/user/"]

_SEEN = """() => ({
  over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  headings: document.querySelectorAll("h1").length,
  title: document.title,
  language: document.documentElement.lang,
  jumps: document.querySelectorAll("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").length,
  classes: Array.from(document.querySelectorAll("main[id] [class]"), one => one.className.toString()),
})"""


@dataclass
class Eye:
    """Checks pages in one browser, and records what it has checked and what the page requested."""

    page: Page
    faults: list[str] = field(default_factory=list)
    classes: set[str] = field(default_factory=set)
    asked: list[Request] = field(default_factory=list)
    shapes: tuple[set[Shape], set[Shape]] = field(default_factory=lambda: (set(), set()))
    weights: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.on("requestfinished", self._hear)

    def _hear(self, request: Request) -> None:
        self.asked.append(request)

    def knows(self, content: bytes) -> bool:
        """Whether both its structures were checked before; marks them as checked."""
        known = True
        for checked, shape in zip(self.shapes, read(content.decode(), "km").shapes, strict=True):
            known &= shape in checked
            checked.add(shape)
        return known

    def glance(self, url: str, content: bytes) -> None:
        self.page.set_viewport_size(ZOOMED)
        self._show(url, content)
        self._note(url, too_wide(self.page, [ZOOMED]))
        if (weight := len(compress(content))) > BYTES["document"]:
            self._note(url, [f"weighs {weight} bytes"])

    def at_first_sight(self, url: str, content: bytes) -> None:
        self.weights[url] = len(compress(content))
        self._open(url)
        self._note(url, self._heavy())
        self.look(url)

    def look(self, url: str) -> None:
        self._note(url, [*plain(self.page, url), *too_wide(self.page), *shut_out(self.page, RULES)])
        self._look_in_the_dark(url)

    def in_other_words(self, url: str) -> None:
        self._open(url)
        self._note(url, [*plain(self.page, url), *too_wide(self.page)])

    def answer(self, url: str, content: bytes) -> None:
        """Shows the server's answer to a form in the browser, without submitting the form."""
        self._show(url, content)
        self.look(f"{url} sent empty")

    def _show(self, url: str, content: bytes) -> None:
        """What the server answered already: it need not write the page again."""
        self.page.route(url, lambda route: route.fulfill(body=content, content_type="text/html"), times=1)
        self.page.goto(url)

    def _open(self, url: str) -> None:
        self.asked.clear()
        self.page.goto(url)

    def _weight(self, request: Request) -> int:
        """Compressed bytes. Fetched again, because Chromium drops the bodies of a page that it has left."""
        if request.url not in self.weights:
            answer = self.page.context.request.get(request.url, max_redirects=0)
            self.weights[request.url] = 0 if 300 <= answer.status < 400 else len(compress(answer.body()))
        return self.weights[request.url]

    def _heavy(self) -> Iterator[str]:
        sizes = {request: self._weight(request) for request in self.asked}
        if len(sizes) > REQUESTS:
            yield f"asks {len(sizes)} times"
        for request, size in sizes.items():
            if size > BYTES.get(request.resource_type, ALL_BYTES):
                yield f"{request.url} weighs {size} bytes"
        if sum(sizes.values()) > ALL_BYTES:
            yield f"weighs {sum(sizes.values())} bytes"
        # On later visits only the page is requested: browsers cache static files for a year.
        once = [one for one in sizes if one.resource_type != "document" and not is_static(one)]
        yield from self._each_time() if once else ()

    def _each_time(self) -> Iterator[str]:
        self.page.wait_for_load_state("networkidle")  # what is asked for once is kept by then
        self.asked.clear()
        self.page.reload(wait_until="networkidle")
        for request in self.asked:
            if request.resource_type != "document" and not is_static(request):
                yield f"asks for {request.url} each time"

    def _look_in_the_dark(self, url: str) -> None:
        if new := set(self.page.evaluate(_SEEN)["classes"]) - self.classes:
            self.classes |= new
            self.page.emulate_media(color_scheme="dark")
            self._note(f"{url} in the dark", shut_out(self.page, CONTRAST))
            self.page.emulate_media(color_scheme="light")

    def _note(self, url: str, faults: Iterator[str] | list[str]) -> None:
        self.faults += [f"{urlsplit(url).path}: {fault}" for fault in faults]


def is_static(request: Request) -> bool:
    return urlsplit(request.url).path.startswith(KEPT)


def plain(page: Page, url: str) -> Iterator[str]:
    seen = page.evaluate(_SEEN)
    if seen["headings"] != 1:
        yield f"{seen['headings']} main headings"
    if not seen["title"].partition("–")[0].strip():
        yield "no title"
    if seen["language"] != urlsplit(url).path.split("/")[1]:
        yield f"says that it is in {seen['language']}"
    if seen["jumps"]:
        yield "the focus jumps"


def too_wide(page: Page, widths: Iterable[ViewportSize] = WIDTHS) -> Iterator[str]:
    for viewport in widths:
        page.set_viewport_size(viewport)
        if (over := page.evaluate(_SEEN)["over"]) > 0:
            yield f"{over} px too wide for {viewport['width']}"


def shut_out(page: Page, rules: dict) -> Iterator[str]:
    """The violations of WCAG 2.2 A and AA that axe can find."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    for fault in page.evaluate("rules => axe.run(rules).then(found => found.violations)", rules):
        yield f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"


@pytest.fixture
def site(areas, live_server) -> None:
    states.load_site()
    states.fill()


@pytest.fixture
def visitors(site) -> dict[str, Client]:
    citizen = User.objects.get(phone=states.CITIZEN)
    clerk, other = (User.objects.get(username=name) for name in ("clerk.banteay", "clerk.bat-trang"))
    open_assisted_session(official=clerk, subject_id=citizen.person.pk, reason="check", consent_text="…")
    found = {
        "anonymous": Client(), "citizen": browser(citizen), "assisted_session": browser(clerk),
        "official": browser(other), "newcomer": browser(states.newcomer()),
        "steward": browser(User.objects.get(username="steward.one")),
    }  # fmt: skip
    session = found["citizen"].session
    session[step_up.PROVED] = 2**40  # for as long as this test takes
    session.save()
    return found


@pytest.fixture(scope="module")
def checked() -> dict[str, Any]:
    """The structures and classes that any visitor of this module was shown."""
    return {"shapes": (set(), set()), "classes": set()}


@pytest.fixture
def eye(open_page, live_server, visitors, checked):
    def eye_(visitor: str) -> Eye:
        page = open_page("/healthz", PHONE)
        if cookie := visitors[visitor].cookies.get(settings.SESSION_COOKIE_NAME):
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return Eye(page, **checked)

    return eye_


def look_at_all(eye: Eye, visitor: str, client: Client, root: str) -> None:
    found = pages(client, "km", MORE[visitor], LEFT_OUT.get(visitor, ()))
    known = [(address, answer.content) for address, answer in found]
    for address, content in known:
        if eye.knows(content):
            eye.glance(root + address, content)
            continue
        eye.at_first_sight(root + address, content)
        eye.in_other_words(root + address.replace("/km/", "/en/", 1))
        if "main" in read(content.decode(), "km").forms:
            answer = sent_empty(client, address)
            if answer.status_code == 200 and is_page(answer) and not eye.knows(answer.content):
                eye.answer(root + address, answer.content)
    assert len(known) >= LEAST[visitor], f"only {len(known)} pages were found"
    assert not eye.faults, "\n".join(eye.faults)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("visitor", MORE)
def test_no_page_sticks_out_shuts_out_or_is_heavy(visitor, eye, visitors, live_server):
    look_at_all(eye(visitor), visitor, visitors[visitor], live_server.url)


def test_the_admin_sticks_out_nowhere_and_shuts_nobody_out(eye, live_server):
    staff_page = eye("steward").page
    staff_page.set_viewport_size(LAPTOP)
    for path in STAFF:
        staff_page.goto(f"{live_server.url}/km/{path}")
        assert staff_page.evaluate(_SEEN)["over"] <= 0, path
        assert list(shut_out(staff_page, RULES)) == [], path


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("<p>A</p>", "<p>B</p>", True),
        ("<li><a href=/1>A</a><li><a href=/2>B</a>", "<li><a href=/3>C</a>", True),
        ("<p class=note>A</p>", "<p class=error>A</p>", False),
        ("<label>A</label><input id=a>", "<input id=a>", False),
        ("<img src=/1 alt=A>", "<img src=/1>", False),
    ],
)
def test_pages_are_alike_that_differ_in_words_alone(one, other, alike):
    assert (read(one, "en").shapes == read(other, "en").shapes) is alike


def test_a_banner_is_around_the_main_part():
    text = "<main><p>A</p></main>"
    (around, main), (other, same) = (read(page, "en").shapes for page in (text, f"<aside>B</aside>{text}"))
    assert around != other
    assert main == same


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<h1>A</h1><h1>B</h1>", "2 main headings"),
        ("<h1>A</h1><input>", "label"),
        ("<h1>A</h1><p style='color:#ccc'>faint</p>", "color-contrast"),
        ("<h1>A</h1><div style='width:400px'>wide</div>", "px too wide for 3"),
        ("<h1>A</h1><a href='/' tabindex='3'>first</a>", "the focus jumps"),
    ],
)
def test_a_fault_is_seen(open_page, live_server, body, fault):
    looking, url = Eye(open_page("/healthz", PHONE)), f"{live_server.url}/en/"
    page = f"<!doctype html><html lang=en><title>A</title><main id=content>{body}</main>"
    looking.answer(url, page.encode())
    assert looking.faults
    assert all(fault in one for one in looking.faults)

"""A file that the server, or a proxy before it, refuses: the page says why, in the reader's language."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.shortcuts import render
from django.test import RequestFactory
from django.utils import translation

from dsp_platform.uploads.models import Upload
from dsp_platform.webserver.refusals import Refusal, SignInFirst
from tests.browser.test_documents import PAPER, PHOTO, PROGRAM, choose
from tests.stack import Web
from tests.uploads.conftest import pdf

LARGE = ("paper.pdf", "application/pdf", pdf(2) + b"\n" * 4_000_000)
OF_THE_WEB_SERVER = [kind() for kind in Refusal.__subclasses__() if kind is not SignInFirst]
OF_DJANGO = ("400", "403", "403_csrf", "404", "500", "503", "busy")
OF_A_PROXY = (
    "",
    "<html><head><title>502</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>",
)
SAYS = "[data-progress]"


def answered(page, status: int, html: str, after: int = 0) -> None:
    """Every file after the first ones gets this answer."""
    posts = []

    def route(one):
        if one.request.method == "POST":
            posts.append(one)
        if one.request.method != "POST" or len(posts) <= after:
            one.continue_()
        else:
            one.fulfill(status=status, content_type="text/html; charset=utf-8", body=html)

    page.unroute_all()
    page.route("**/documents/**", route)


def pressed(page) -> str:
    """What the page says when the files were sent."""
    page.click("main button.button")
    page.wait_for_selector(f"form[data-upload]:not([data-sent]) {SAYS}:not([hidden])")
    return page.inner_text(SAYS)


def pages(path: str) -> Iterator[tuple[str, list[str]]]:
    """Each page that is shown in place of the page of documents, and a text on it."""
    for name in OF_DJANGO:
        html = render(RequestFactory().get(path), f"{name}.html").content.decode()
        yield html, [html.split("<h1>")[1].split("</h1>")[0]]
    for one in OF_THE_WEB_SERVER:
        yield one.page().decode(), [str(one.title), str(one.advice)]


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_words_of_every_refusal_are_told_in_the_readers_language(documents, language):
    page = documents(language=language)
    choose(page, PAPER)
    lost = page.get_attribute(SAYS, "data-lost")
    with translation.override(language):
        answers = list(pages(urlsplit(page.url).path))
    for html, words in answers:
        answered(page, 503, html)
        told = pressed(page)
        assert told.split("\n")[: len(words) + 1] == ["paper.pdf", *words]
        assert lost not in told
    page.unroute_all()
    page.click("main button.button")
    page.wait_for_selector(".sheets li", timeout=60_000)
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_page_that_is_not_ours_is_not_shown(documents, language):
    page = documents(language=language)
    choose(page, PAPER)
    with translation.override(language):
        words = translation.gettext("What you saved before is kept. Please try again in a few minutes.")
    for html in OF_A_PROXY:
        answered(page, 502, html)
        assert pressed(page).split("\n") == ["paper.pdf", words]


def test_words_of_a_refusal_are_no_markup(documents):
    page = documents(language="en")
    choose(page, PAPER)
    answered(page, 503, '<html lang="en"><main><h1>Wait &lt;b class="bold">now&lt;/b></h1></main></html>')
    assert '<b class="bold">now</b>' in pressed(page)
    assert page.locator(f"{SAYS} b").count() == 0


def test_what_was_taken_and_what_was_refused_before_is_told_too(documents):
    page = documents(language="en")
    choose(page, PHOTO, PROGRAM, PAPER)
    busy = next(one for one in OF_THE_WEB_SERVER if one.code == 503)
    answered(page, 503, busy.page().decode(), after=2)
    assert "Many people are sending files just now" in pressed(page)
    assert "card.exe.jpg" in page.inner_text(".summary")
    assert page.locator(".sheets li").count() == 1


def test_what_was_taken_before_is_shown(documents):
    page = documents(language="en")
    choose(page, PHOTO, PAPER)
    busy = next(one for one in OF_THE_WEB_SERVER if one.code == 503)
    answered(page, 503, busy.page().decode(), after=1)
    assert "paper.pdf" in pressed(page)
    page.wait_for_selector(".sheets li")


@pytest.fixture
def web(documents, tmp_path: Path, settings) -> Iterator[Web]:
    """The real web server, which refuses uploads itself."""
    web = Web(tmp_path / "web.log", UPLOADS_FOLDER=settings.UPLOADS_FOLDER)
    web.start()
    yield web
    web.stop()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(
    ("language", "who", "door"),
    [("km", "citizen", "/km/sign-in/"), ("en", "official", "/en/counter/sign-in/")],
)
def test_whose_session_is_gone_signs_in_and_comes_back(
    documents, web, commune_clerk, scripts, language, who, door
):
    official = commune_clerk if who == "official" else None
    page = documents(scripts, language=language, official=official, server=f"http://127.0.0.1:{web.port}")
    path = urlsplit(page.url).path
    choose(page, LARGE)
    page.context.clear_cookies(name="session")
    page.click("main button.button")
    if not scripts:
        page.click(f'section[lang="{language}"] a[href*="{door}"]')
    page.wait_for_url(lambda address: urlsplit(address).path == door)
    assert parse_qs(urlsplit(page.url).query) == {"next": [path]}

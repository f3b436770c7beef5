"""Photos of documents in a real browser, with scripts and without."""

import pytest

from dsp_platform.uploads.models import Page, Upload
from tests.browser.conftest import PHONE
from tests.stack import wait_for
from tests.uploads.conftest import jpeg, pdf, worker_reads


def choose(page, *files: tuple[str, str, bytes]) -> None:
    page.check('[name="document"][value="1"]')
    page.set_input_files(
        "input[type=file]",
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files],
    )


PHOTO = ("card.jpg", "image/jpeg", jpeg(3000, 2000))
PAPER = ("paper.pdf", "application/pdf", pdf(2))
PROGRAM = ("card.exe.jpg", "image/jpeg", b"MZ this is a program")


@pytest.mark.parametrize("scripts", [True, False])
def test_several_files_are_sent_and_shown(documents, scripts):
    page = documents(scripts)
    choose(page, PHOTO, PAPER)
    page.click("main button.button")
    page.wait_for_selector(".sheets li:nth-child(2) .tag.care", timeout=60_000)
    assert Page.objects.count() == 0
    worker_reads()
    if not scripts:
        page.click("#sent p a.link >> nth=-1")
    page.wait_for_selector(".sheets li:nth-child(2) img", timeout=60_000)
    assert Page.objects.count() == 3
    loaded = "all => all.every(one => one.naturalWidth > 0)"
    assert wait_for(lambda: page.locator(".sheets img").evaluate_all(loaded))
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_one_bad_file_among_good_ones_is_named(documents):
    page = documents()
    choose(page, PROGRAM, PHOTO)
    page.click("main button.button")
    page.wait_for_selector(".summary", timeout=60_000)
    assert "card.exe.jpg" in page.inner_text(".summary")
    assert Upload.objects.count() == 1


def test_refused_files_are_sent_once_and_all_named(documents):
    page = documents()
    posts = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request))
    choose(page, PROGRAM, PHOTO, ("notes.jpg", "image/jpeg", b"these are words"), PAPER)
    page.click("main button.button")
    page.wait_for_selector(".summary", timeout=60_000)
    for place in (".summary", ".field.invalid .error"):
        words = page.inner_text(place)
        assert words.count("card.exe.jpg") == words.count("notes.jpg") == 1
    assert page.is_checked('[name="document"][value="1"]')
    assert page.locator(".sheets li").count() == 2
    assert page.evaluate("document.activeElement.className") == "summary"
    assert len(posts) == 4


def test_after_a_refused_file_the_same_page_sends_the_next(documents):
    page = documents()
    choose(page, PROGRAM)
    page.click("main button.button")
    page.wait_for_selector(".summary", timeout=60_000)
    choose(page, PHOTO)
    page.click("main button.button")
    page.wait_for_selector(".sheets li", timeout=60_000)
    assert Upload.objects.count() == 1


def test_a_cut_line_is_told_and_loses_nothing(documents):
    page = documents()
    choose(page, PHOTO, PAPER)
    sent = []

    def cut(route):
        sent.append(route)
        route.continue_() if len(sent) == 1 or route.request.method != "POST" else route.abort()

    page.route("**/documents/**", cut)
    page.click("main button.button")
    page.wait_for_selector("[data-progress]:has-text('ដាច់')", timeout=30_000)
    assert Upload.objects.count() == 1
    page.unroute("**/documents/**")
    page.click("main button.button")
    page.wait_for_selector(".sheets li:nth-child(2)", timeout=60_000)
    assert Upload.objects.count() == 2


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_goes_on_while_a_file_is_being_read_and_finds_out_later(documents, scripts):
    page = documents(scripts)
    choose(page, PHOTO, ("torn.jpg", "image/jpeg", jpeg()[:500]))
    page.click("main button.button")
    page.wait_for_selector(".sheets li:nth-child(2) .tag.care", timeout=60_000)
    address = page.url
    page.click("main > p > a.link")  # done, go back
    page.wait_for_selector(".sheets li:nth-child(2) .tag.care", timeout=60_000)
    assert page.url != address
    worker_reads()
    page.reload()
    page.wait_for_selector(".sheets img", timeout=60_000)
    assert "torn.jpg" in page.inner_text(".sheets .error")


def test_an_error_is_not_said_again_once_the_next_file_is_taken(documents):
    page = documents()
    choose(page, PROGRAM)
    page.click("main button.button")
    page.wait_for_selector(".summary", timeout=60_000)
    choose(page, PHOTO)
    page.route("**/documents/**", lambda one: one.fulfill(status=502, body="busy"))
    page.click("main button.button")
    page.wait_for_selector("[data-progress]:has-text('card.jpg')", timeout=60_000)
    assert page.locator(".summary, .field .error").count() == 0
    page.unroute_all()
    page.click("main button.button")
    page.wait_for_selector(".sheets li", timeout=60_000)
    assert page.locator(".summary").count() == 0
    assert page.locator(".message.success").count() == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_no_name_chosen_loses_no_photo(documents, scripts):
    page = documents(scripts)
    page.set_input_files("input[type=file]", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}])
    page.click("main button.button")
    page.wait_for_selector(".sheets li", timeout=60_000)
    assert Upload.objects.count() == 1

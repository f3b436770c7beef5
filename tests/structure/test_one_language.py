"""No page or error shows English to readers of Khmer, or Khmer to readers of English.

Every form is also submitted empty, so that its errors are checked too; the effects are rolled back.
"""

import re
from collections.abc import Iterator

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from dsp_platform.web import errors
from tests.crawl import LEFT_OUT, Reader, is_page, pages, read, sent_empty

VISITORS = ("anonymous", "citizen", "official", "assisted_session")
LANGUAGES = ("km", "en")
REFERENCE = re.compile(r"\b[A-Z](-\w{4}){2}\b", re.A)
FOREIGN = {"km": re.compile(r"[A-Za-z]{3,}"), "en": re.compile(r"[\u1780-\u17d3]+")}
# Words that are the same in both languages, and terms of an English browser.
NAMES = {
    "SPID", "DSPP", "English", "PIN", "SMS", "PDF", "JPEG", "PNG", "WebP", "JSON", "Telegram", "IDPoor",
    "PMRS", "NSSF", "NSAF", "MoEYS", "SFIS", "TVET", "HIV", "Print", "cookie", "ខ្មែរ",
    # In brackets after its Khmer word, once a page: phones show this name in any language.
    "passkey",
    # The settings of an iPhone, which has no Khmer, have these names.
    "iPhone", "Settings", "Camera", "Formats", "Most", "Compatible",
    # Kinds of files, and the keys of a keyboard, which bears these names in Cambodia too.
    "CSV", "XLSX", "Alt", "Shift", "Tab",
}  # fmt: skip


def foreign_words(reader: Reader) -> set[str]:
    words = REFERENCE.sub(" ", " ".join(reader.words))
    return set(FOREIGN[reader.language].findall(words)) - NAMES


def answers(visitor: str, client: Client, language: str) -> Iterator[tuple[str, HttpResponse]]:
    for address, answer in pages(client, language, left_out=LEFT_OUT.get(visitor, ())):
        yield address, answer
        if "main" in read(answer.content.decode(), language).forms:
            yield f"{address} sent empty", sent_empty(client, address)


@pytest.fixture
def catalogue(house) -> None:
    """Besides the family's own pages those of every programme."""
    call_command("load_operators", verbosity=0)
    call_command("load_catalogue", verbosity=0)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_one_language(browsers, catalogue, language):
    found, count = {}, 0
    for visitor in VISITORS:
        for address, answer in answers(visitor, browsers[visitor], language):
            count += 1
            assert answer.status_code < 500, address
            if is_page(answer) and (words := foreign_words(read(answer.content.decode(), language))):
                found[f"{visitor} {address}"] = words
    assert count > 60
    assert not found, "\n".join(f"{where}: {sorted(words)}" for where, words in found.items())


def failures(language: str) -> Iterator[tuple[str, HttpResponse]]:
    request = RequestFactory().get(f"/{language}/my/")
    with translation.override(language):
        yield "400", errors.bad_request(request, SuspiciousOperation("no"))
        yield "403", errors.permission_denied(request, PermissionError("no"))
        yield "404", errors.page_not_found(request, LookupError("no"))
        yield "500", errors.server_error(request)
        yield "403 csrf", errors.csrf_failure(request, reason="no")


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_failure_is_in_one_language(language):
    for name, answer in failures(language):
        reader = read(answer.content.decode(), language)
        assert foreign_words(reader) == set(), name
        assert "".join(reader.words).strip(), name


@pytest.mark.parametrize(
    ("language", "page", "words"),
    [
        ("km", "<p>សួស្តី Hello</p>", {"Hello"}),
        ("km", '<p>សួស្តី <span lang="en">Hello</span> SPID</p>', set()),
        ("km", '<img alt="A child">', {"child"}),
        ("en", "<p>Hello ចាន់</p>", {"ចាន់"}),
        ("en", '<p>Hello <span lang="km">ចាន់</span></p>', set()),
    ],
)
def test_a_foreign_word_is_seen(language, page, words):
    assert foreign_words(read(page, language)) == words

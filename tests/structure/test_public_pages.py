"""What is cached of public pages: never personal data, and only briefly."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dsp_platform.web.public_pages import PublicPagesMiddleware
from registry.models import Programme
from registry.programmes import selectors
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(autouse=True)
def kept(settings, monkeypatch):
    settings.PUBLIC_PAGE_SECONDS = 30
    monkeypatch.setattr(selectors, "_cached", (0.0, []))
    caches["public_pages"].clear()
    yield caches["public_pages"]._cache
    caches["public_pages"].clear()


@pytest.fixture
def pages(operators):
    with as_owner():
        Programme.objects.create(
            code="health", operator=operators["nssf"], name_km="សុខភាព", name_en="Health", state="open"
        )
    arguments = {"registry:programme": ["health"], "help:page": ["sign-in"]}
    return {name: reverse(name, args=arguments.get(name)) for name in django_settings.PUBLIC_PAGES}


def test_a_second_visitor_costs_the_database_nothing(pages, django_assert_num_queries):
    for path in pages.values():
        first = Client().get(path)
        with django_assert_num_queries(0):
            second = Client().get(path)
        assert second.status_code == first.status_code == 200, path
        assert TOKEN.sub(b"", second.content) == TOKEN.sub(b"", first.content), path
        for header in ("Content-Language", "Content-Security-Policy", "X-Frame-Options", "Vary"):
            assert second.get(header) == first.get(header), path


def test_a_signed_in_person_neither_fills_nor_gets_it(pages, sokha, steward, commune_clerk, kept):
    for who in (sokha, steward, commune_clerk):
        for path in pages.values():
            browser(who).get(path)
    assert not kept
    anonymous = {path: Client().get(path).content for path in pages.values()}
    mine = browser(sokha).get(pages["registry:home"])
    assert b"/sign-out/" in mine.content
    assert b"/sign-out/" not in anonymous[pages["registry:home"]]
    assert "no-store" in mine["Cache-Control"]


def test_a_page_with_which_a_session_begins_is_not_kept(kept, rf):
    def view(request):
        request.session["draft"] = 1
        return HttpResponse("mine")

    request = rf.get("/km/")
    request.session, request.user, request.public_page = SessionStore(), AnonymousUser(), "page"
    PublicPagesMiddleware(view)(request)
    assert not kept


def test_each_visitor_gets_a_token_and_a_cookie_of_their_own(pages, kept):
    first, second = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    path = pages["accounts:sign_in"]
    drawn, again = first.get(path), second.get(path)
    tokens = [set(TOKEN.findall(page.content)) for page in (drawn, again)]
    assert all(tokens)
    assert not tokens[0] & tokens[1]
    name = django_settings.CSRF_COOKIE_NAME
    assert first.cookies[name].value != second.cookies[name].value
    assert "ETag" not in again
    assert "no-store" in drawn["Cache-Control"]
    assert "no-store" in again["Cache-Control"]


def test_a_token_put_into_a_kept_page_is_good_for_its_own_visitor_only(pages):
    path = pages["accounts:sign_in"]
    Client().get(path)
    mine, strange = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    token = TOKEN.search(mine.get(path).content).group(1).decode()
    strange.get(path)
    typed = {"phone": "012 345 678", "csrfmiddlewaretoken": token}
    assert strange.post(path, typed).status_code == 403
    assert mine.post(path, typed).status_code == 302


def test_a_visitor_who_has_a_cookie_keeps_it(pages):
    path, visitor = pages["accounts:sign_in"], Client()
    visitor.get(path)
    before = visitor.cookies[django_settings.CSRF_COOKIE_NAME].value
    visitor.get(path)
    assert visitor.cookies[django_settings.CSRF_COOKIE_NAME].value == before


def stored(path):
    """Of today."""
    return caches["public_pages"].get(f"{timezone.localdate()}:http://testserver{path}")


def test_nothing_that_is_kept_holds_a_token_or_a_cookie(pages, kept):
    for path in pages.values():
        page = Client().get(path)
        secret = page.cookies.get(django_settings.CSRF_COOKIE_NAME)
        tokens = {*TOKEN.findall(page.content), *([secret.value.encode()] if secret else [])}
        body = stored(path).content
        assert not any(token in body for token in tokens), path
        assert not re.search(rb"[A-Za-z0-9]{64}", body), path
    assert len(kept) == len(pages)
    assert not any("Set-Cookie" in page or page.cookies for page in map(stored, pages.values()))


def test_a_message_that_waits_is_shown_to_its_own_visitor_only(pages, kept):
    visitor = Client()
    visitor.cookies["messages"] = "anything"
    visitor.get(pages["registry:home"])
    assert not kept


def test_each_language_and_each_question_is_a_page_of_its_own(pages, kept):
    home = pages["registry:home"]
    khmer, english = Client().get(home), Client().get(home.replace("/km/", "/en/"))
    assert khmer.content != english.content
    assert len(kept) == 2
    programmes = pages["registry:programmes"]
    for query in ({}, {"situation": "birth"}, {"situation": "birth", "x": "1"}):
        Client().get(programmes, query)
    assert len(kept) == 4


def test_what_no_page_asks_for_is_no_page_of_its_own(pages, kept, django_assert_num_queries):
    """Else a loop of ``?x=1``, ``?x=2`` would have the dearest page rendered anew each time."""
    for path in pages.values():
        first = Client().get(path)
        with django_assert_num_queries(0):
            other = Client().get(path, {"x": "<1>", "next2": "http://elsewhere"})
        assert TOKEN.sub(b"", other.content) == TOKEN.sub(b"", first.content), path
    assert len(kept) == len(pages)


def test_the_first_to_ask_puts_nothing_of_their_address_into_it(pages):
    for path in pages.values():
        Client().get(path, {"planted": "elsewhere"})
        assert b"planted" not in Client().get(path).content, path


def test_whoever_signs_in_comes_to_where_they_were_going(pages):
    page = Client().get(pages["accounts:sign_in"], {"next": "/km/my/", "x": "1"}).content.decode()
    assert "next=/km/my/" in page.replace("%2F", "/")


def test_a_change_of_the_catalogue_shows_within_a_minute(pages, monkeypatch):
    path = pages["registry:programmes"]
    assert "សុខភាព" in Client().get(path).content.decode()
    with as_owner():
        Programme.objects.filter(code="health").update(name_km="សុខុមាលភាព")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 31)  # of the list of programmes
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):  # of the page
        assert "សុខុមាលភាព" in Client().get(path).content.decode()


def test_a_browser_that_has_the_page_is_told_so(pages):
    path = pages["registry:home"]
    tag = Client().get(path)["ETag"]
    again = Client().get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "condition", [{"If-Match": '"x"'}, {"If-Unmodified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}]
)
def test_a_page_with_a_form_is_answered_whatever_the_condition(pages, condition):
    """It has no ETag: each visitor gets another token in it."""
    path = "/en/sign-in/"
    Client().get(path)
    assert Client().get(path, headers=condition).status_code == 200


def test_a_flood_of_addresses_fills_no_memory(pages, kept, monkeypatch):
    monkeypatch.setattr(caches["public_pages"], "_max_entries", 8)
    monkeypatch.setattr(caches["public_pages"], "_cull_frequency", 8)
    for number in range(12):
        Client().get(pages["registry:programmes"], {"situation": number})
    Client().get(pages["registry:programmes"], {"situation": "x" * 400})
    assert len(kept) == 8
    assert all("x" * 400 not in address for address in kept)


def test_only_what_was_answered_well_is_kept(pages, kept):
    Client().get("/km/programmes/nowhere/")
    Client().post(pages["registry:home"], {"phone": "1"})
    Client().head(pages["registry:home"])
    assert not kept

"""The headers of every answer: no foreign or inline code, no frames, no caching of private pages."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import LocalePrefixPattern

PAGES = {
    "anonymous": ("", "programmes/", "sign-in/", "counter/sign-in/", "grievances/report/", "admin/login/"),
    "citizen": ("my/", "slip/", "my/consents/", "my/sessions/", "apply/health/"),
    "assisted_session": ("my/", "counter/", "slip/", "my/consents/"),
    "reviewer": ("admin/", "admin/applications/application/"),
    "steward": ("admin/", "admin/registry/person/", "admin/exchange/agreement/add/", "admin/accounts/user/"),
}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)(?![^>]*application/json)|javascript:"
)


def policy(answer) -> dict[str, str]:
    parts = answer["Content-Security-Policy"].split(";")
    return {name: rest for name, _space, rest in (part.strip().partition(" ") for part in parts)}


def test_no_page_may_run_or_draw_with_anything_foreign_or_inline(browsers):
    for who, paths in PAGES.items():
        for path in paths:
            answer = browsers[who].get(f"/km/{path}")
            told = policy(answer)
            assert answer.status_code == 200, path
            assert told["default-src"] == "'none'", path
            assert told["script-src"] == told["style-src"] == "'self'", path
            assert told["frame-ancestors"] == told["base-uri"] == "'none'", path
            assert answer["X-Frame-Options"] == "DENY", path
            assert answer["X-Content-Type-Options"] == "nosniff", path
            assert answer["Referrer-Policy"] == "same-origin", path
            assert answer["Cross-Origin-Opener-Policy"] == "same-origin", path
            assert answer["Content-Type"] == "text/html; charset=utf-8", path
            assert "Access-Control-Allow-Origin" not in answer, path
            inline = INLINE.search(answer.content.decode())
            assert inline is None, f"{path}: {inline and inline.group()}"
            if who != "anonymous":
                assert re.search(rb"/(sign-out|logout)/", answer.content), path
                assert "no-store" in answer["Cache-Control"], path


def test_what_is_traced_is_not_sent_back(browsers):
    """A script in the page must not read a cookie from an echo of its request."""
    for who, paths in PAGES.items():
        for path in paths:
            answer = browsers[who].trace(f"/km/{path}", headers={"X-Told": "echo-of-this"})
            assert b"echo-of-this" not in answer.content, path
            assert answer["Content-Type"] != "message/http", path


def test_answers_to_what_was_sent_are_not_kept_either(browsers):
    for who, path in (
        ("citizen", "my/consents/"),
        ("assisted_session", "counter/end/"),
        ("anonymous", "sign-in/"),
    ):
        assert "no-store" in browsers[who].post(f"/km/{path}", {})["Cache-Control"]


def test_nothing_is_done_for_a_foreign_page(browsers, house):
    """Not even to sign in or out, or to end an assisted session."""
    paths_of = {
        "anonymous": ("sign-in/", "counter/sign-in/", "admin/login/", "grievances/report/"),
        "citizen": ("sign-out/", "my/sessions/", "my/consents/", "apply/health/"),
        "assisted_session": ("counter/", "counter/end/", "sign-out/"),
        "steward": ("admin/logout/", "admin/registry/person/", "admin/password_change/"),
    }
    for who, paths in paths_of.items():
        careful = Client(enforce_csrf_checks=True)
        careful.cookies = browsers[who].cookies
        for path in paths:
            answer = careful.post(f"/km/{path}", {"end": "yes"})
            assert answer.status_code == 403, path
            assert "no-store" in answer["Cache-Control"], path


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:0"]
)
def test_no_door_leads_out_of_the_house(browsers, target):
    for who, path in (("citizen", "sign-in/"), ("official", "counter/sign-in/"), ("steward", "admin/login/")):
        answer = browsers[who].get(f"/km/{path}", {"next": target})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/km/")


@pytest.mark.parametrize(
    ("who", "path", "typed"),
    [
        ("citizen", "sign-out/", {}),
        ("citizen", "my/sessions/", {"end_all": "yes"}),
        ("official", "sign-out/", {}),
        ("steward", "admin/logout/", {}),
    ],
)
def test_whoever_signs_out_leaves_nothing_in_the_browser(browsers, who, path, typed):
    answer = browsers[who].post(f"/en/{path}", typed)
    assert answer["Clear-Site-Data"] == '"cache"'


def test_a_machine_without_https_is_refused_and_not_sent_on(db, settings):
    """All URLs outside the languages, except those without content."""
    carry_nothing = {"icon", "healthz", "readyz", "service_worker"}
    settings.SECURE_SSL_REDIRECT = True
    answers = {}
    for one in get_resolver().url_patterns:
        is_a_page = isinstance(one.pattern, LocalePrefixPattern) or str(one.pattern) == "demo/"
        if not is_a_page and getattr(one, "name", None) not in carry_nothing:
            path = f"/{one.pattern}"
            path += "http_gateway/" if path.endswith("/") else ""
            answers[path] = Client().get(path).status_code
    assert answers == {"/metrics": 403, "/text-messages/receipts/http_gateway/": 403}
    assert Client().get("/km/").status_code == 301
    assert Client().get("/metrics", secure=True).status_code == 404

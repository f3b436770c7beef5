"""Every cookie of the platform: in production bound to this host, https only, not readable by scripts."""

import ast
from datetime import timedelta

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.module_loading import import_string

from dsp_platform.web import cookies
from tests.packages import PACKAGES
from tests.structure.test_imports import name_of, sources, tree

LIFE = timedelta(days=1)


@pytest.fixture
def production(settings):
    settings.PRODUCTION = settings.SESSION_COOKIE_SECURE = True
    return settings


def test_one_module_sets_them():
    """``settings`` names Django's own cookies, which test_deploy checks."""
    setters = {"set_cookie", "set_signed_cookie"}
    found = {
        name_of(path)
        for path in sources(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in setters
    }
    assert found == {"dsp_platform.web.cookies"}


def belongs_to_this_host_alone(name: str, cookie) -> bool:
    return (
        name.startswith("__Host-")
        and bool(cookie["secure"] and cookie["httponly"])
        and cookie["samesite"] in ("Lax", "Strict")
        and cookie["path"] == "/"
        and not cookie["domain"]
    )


def test_what_is_remembered_belongs_to_this_host_alone(production):
    response = HttpResponse()
    cookies.write(response, "known", ["a"], life=LIFE)
    ((name, cookie),) = response.cookies.items()
    assert belongs_to_this_host_alone(name, cookie)
    assert cookie["samesite"] == "Strict"


def test_messages_that_wait_belong_to_this_host_alone(production):
    request, response = RequestFactory().get("/", secure=True), HttpResponse()
    request.session = {}
    storage = import_string(production.MESSAGE_STORAGE)(request)
    storage._store([Message(constants.INFO, "saved")], response)
    ((name, cookie),) = response.cookies.items()
    assert belongs_to_this_host_alone(name, cookie)


def test_a_cookie_is_read_back_under_its_own_name_only():
    response, request = HttpResponse(), RequestFactory().get("/")
    cookies.write(response, "known", ["a"], life=LIFE)
    request.COOKIES = {"known": response.cookies["known"].value, "other": response.cookies["known"].value}
    assert cookies.read(request, "known", life=LIFE) == ["a"]
    assert cookies.read(request, "other", life=LIFE) is None


def test_a_cookie_of_a_neighbouring_host_is_not_read_in_production(production):
    response, request = HttpResponse(), RequestFactory().get("/")
    cookies.write(response, "known", ["a"], life=LIFE)
    request.COOKIES = {"known": response.cookies["__Host-known"].value}
    assert cookies.read(request, "known", life=LIFE) is None

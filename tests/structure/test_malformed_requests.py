"""Malformed input that no form can send: return addresses, answers of a browser API or a gateway."""

import json

import pytest
from django.core import signing
from django.test import Client

from registry.programmes import check_wizard as check
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    "target", ["abc", "km", "//evil.example/", "https://evil.example/", "javascript:x", "\\\\x"]
)
def test_the_way_back_is_a_page_of_ours_or_none(sokha, target):
    client = browser(sokha)
    client.raise_request_exception = False
    answer = client.get("/km/sign-in/", {"next": target})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/km/"), target


def test_a_browser_answers_with_more_brackets_than_anybody_can_read():
    client = Client(raise_request_exception=False)
    assert client.post("/km/sign-in/passkey/", {"credential": DEEP}).status_code < 500


def test_a_gateway_tells_of_a_sign_that_is_none(monkeypatch):
    monkeypatch.setenv("SMS_GATEWAY_RECEIPT_SECRET", "s" * 32)
    told = json.dumps([{"reference": "\ud800", "status": "delivered"}, {"reference": [1], "status": {}}])
    answer = Client(raise_request_exception=False).post(
        "/text-messages/receipts/http_gateway/",
        told,
        content_type="application/json",
        headers={"X-Receipt-Secret": "s" * 32},
    )
    assert answer.status_code == 200


def test_answers_to_a_question_that_is_gone_are_forgotten():
    token = signing.dumps([("age", 70), ("gone", "x")], salt=check.SALT)
    assert check.unseal(token) == {"age": 70}

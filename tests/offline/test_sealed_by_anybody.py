"""What anybody can seal, for the key is public: refused, whatever its parts are."""

import json
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client

from tests.offline.sealing import seal

pytestmark = pytest.mark.django_db
PATH = "/km/register/consent/"
TOLD = {"account": "0" * 32, "path": PATH, "written": 1_790_000_000_000, "fields": "a=b"}
OTHER_TYPES = [None, True, 5, 1e300, -1e300, "", "x", ["a"], {"a": 1}, [[]]]


def send(text: str) -> int:
    key = str(uuid4())
    body = urlencode({"sealed": seal(text, key), "item": key})
    answer = Client().post(PATH, body, content_type="application/x-www-form-urlencoded")
    return answer.status_code


@pytest.mark.parametrize("value", OTHER_TYPES, ids=repr)
@pytest.mark.parametrize("name", TOLD)
def test_a_part_of_another_type(name, value):
    assert send(json.dumps({**TOLD, name: value})) < 500


@pytest.mark.parametrize("name", TOLD)
def test_a_part_that_is_missing(name):
    assert send(json.dumps({one: value for one, value in TOLD.items() if one != name})) < 500


@pytest.mark.parametrize(
    "text",
    [*map(json.dumps, OTHER_TYPES), "", "{", "NaN", "[" * 100_000, '{"a":' * 50_000],
    ids=lambda text: text[:8],
)
def test_something_else_than_a_form(text):
    assert send(text) < 500


def test_more_fields_than_a_form_may_have():
    assert send(json.dumps({**TOLD, "fields": "&".join(f"f{number}=1" for number in range(5000))})) < 500

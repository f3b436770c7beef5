"""A refused request logs one line: without its content, the user, or a traceback."""

import logging

import pytest
from django.conf import settings
from django.test import Client

from dsp_platform.monitoring.logs import LineFormatter
from tests.structure.test_admin_lists import PAGES, list_of

SECRET = "+85512345678"
# Besides the lists of the admin: whatever Django refuses by itself.
REQUESTS = {
    "NUL in an address": lambda client: client.get(f"/km/?q=%00{SECRET}"),
    "another host": lambda client: client.get("/km/", headers={"host": f"{SECRET[1:]}.example_"}),
    "too many fields": lambda client: client.post("/km/sign-in/", {f"{SECRET}{n}": "1" for n in range(500)}),
    "too large": lambda client: client.post("/km/sign-in/", {"phone": SECRET * 100_000}),
    "a forged form": lambda client: client.post(f"/km/sign-in/?next=/{SECRET}", {"phone": SECRET}),
    "ticked": lambda client: client.post(
        "/km/admin/notifications/message/", {"action": "retry", "_selected_action": SECRET + "x"}
    ),
}


@pytest.fixture
def lines(caplog):
    """The log as it is written."""
    formatter = LineFormatter(settings.LOGGING["formatters"]["line"]["format"], style="{")

    def written() -> list[str]:
        return [formatter.format(one) for one in caplog.records if one.name.startswith("django.")]

    caplog.set_level(logging.INFO)
    return written


def is_quiet(line: str) -> bool:
    refused = line.endswith(" refused") and " WARNING django.security." in line
    return refused and "\n" not in line and SECRET[1:] not in line


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_parameter_that_a_list_does_not_offer(staff_clients, lines, caplog, language):
    tried = 0
    for model in PAGES:
        caplog.clear()
        address = list_of(model).replace("/km/", f"/{language}/")
        answer = staff_clients["steward"].get(f"{address}?nowhere__startswith={SECRET}")
        if answer.status_code == 403:
            continue
        assert answer.status_code == 400, address
        assert f'lang="{language}"' in answer.content.decode()
        title = "This request could not be read" if language == "en" else "<title>"
        assert title in answer.content.decode()
        assert len(lines()) == 1, lines()
        assert is_quiet(lines()[0]), lines()[0]
        tried += 1
    assert tried > 10


@pytest.mark.parametrize("name", REQUESTS)
def test_what_else_is_refused(staff_clients, lines, caplog, name):
    client = (
        staff_clients["steward"] if name == "ticked" else Client(enforce_csrf_checks=name == "a forged form")
    )
    caplog.clear()
    answer = REQUESTS[name](client)
    assert answer.status_code in (400, 403, 413), answer.status_code
    assert len(lines()) == 1, lines()
    assert is_quiet(lines()[0]), lines()[0]


def test_a_crash_still_says_where(lines, caplog):
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: %s", "/km/")
    assert "test_refusals_in_the_log.py" in lines()[0]
    assert "ValueError" in lines()[0]

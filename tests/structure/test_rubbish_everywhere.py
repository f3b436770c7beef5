"""Rubbish in every field of every form that can be found, one field at a time: an answer, never a crash.

Pages are found by their links and forms by their markup, so that a new page is tried without being listed.
The other fields of the form carry what the page filled in, as they would from a browser.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.crawl import LEFT_OUT, is_page, pages
from tests.sending import forms_of, send
from tests.structure.conftest import calm

VISITORS = ("anonymous", "citizen", "official", "case", "registering")
# Pages that no link leads to, but the step before.
MIDWAY = {
    "anonymous": ("sign-in/code/", "grievances/report/where/", "grievances/report/contact/"),
    "registering": ("register/check/",),
}
REPORTED = {"": {"category": "payment"}, "what/": {"text": "It did not come."}}
NOT_OURS = {"csrfmiddlewaretoken"}
MARK = "rubbish7f3a"
WORDS = {
    "NUL": f"{MARK}\x00b",
    "overlong": MARK + "ក" * 20_000,
    "a number too large": "9" * 400,
    "JSON too deep": "[" * 20_000 + "]" * 20_000,
    "huge JSON": '{"a": [' + "1," * 20_000 + "1]}",
    "a lone surrogate": f"{MARK}\ud800",
    "bidirectional and zero-width": f"{MARK}\u202e\u2066\u200b\ufeff",
}


def forms_found(client: Client, visitor: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each form once for each set of fields, whatever the page it stands on."""
    seen = set()
    for address, answer in pages(client, "km", MIDWAY.get(visitor, ()), LEFT_OUT.get(visitor, ())):
        if not is_page(answer):
            continue
        for target, fields in forms_of(address, answer):
            kind = (target.partition("?")[0], *sorted(fields))
            if kind not in seen and fields.keys() - NOT_OURS:
                seen.add(kind)
                yield target, fields


def problems(client: Client, visitor: str) -> Iterator[str]:
    for target, fields in forms_found(calm(client), visitor):
        for name in sorted(fields.keys() - NOT_OURS):
            for kind, word in WORDS.items():
                with transaction.atomic():
                    status = send(client, target, {**fields, name: word}).status_code
                    transaction.set_rollback(True)
                if status >= 500:
                    yield f"{status}: {kind} in {name} of {target}"


@pytest.fixture
def midway(browsers, registering, programme):
    """Browsers in the middle of what is asked page by page, beside those of the cast."""
    browsers["anonymous"].post("/km/sign-in/", {"phone": "012 777 888"})
    for step, answer in REPORTED.items():
        browsers["anonymous"].post(f"/km/grievances/report/{step}", answer)
    return browsers | {"registering": registering}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("visitor", VISITORS)
def test_no_field_of_the_site_crashes(midway, visitor):
    found = list(problems(midway[visitor], visitor))
    assert not found, "\n".join(found)
    assert connection.is_usable()

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

VISITORS = ("anonymous", "citizen", "official", "case")
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


def forms_found(client: Client, language: str, visitor: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each form once for each set of fields, whatever the page it stands on."""
    seen = set()
    for address, answer in pages(client, language, left_out=LEFT_OUT.get(visitor, ())):
        if not is_page(answer):
            continue
        for target, fields in forms_of(address, answer):
            kind = (target.partition("?")[0], *sorted(fields))
            if kind not in seen and fields.keys() - NOT_OURS:
                seen.add(kind)
                yield target, fields


def problems(client: Client, language: str, visitor: str) -> Iterator[str]:
    client.raise_request_exception = False
    for target, fields in forms_found(client, language, visitor):
        for name in sorted(fields.keys() - NOT_OURS):
            for kind, word in WORDS.items():
                with transaction.atomic():
                    status = send(client, target, {**fields, name: word}).status_code
                    transaction.set_rollback(True)
                if status >= 500:
                    yield f"{status}: {kind} in {name} of {target}"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("visitor", VISITORS)
def test_no_field_of_the_site_crashes(browsers, sharing, visitor):
    found = list(problems(browsers[visitor], "km", visitor))
    assert not found, "\n".join(found)
    assert connection.is_usable()

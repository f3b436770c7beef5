"""Rubbish in every field of every form that can be found, one field at a time: an answer, never a crash.

Pages are found by their links and forms by their markup, so that a new page is tried without being listed.
The other fields of the form carry what the page filled in, as they would from a browser.
"""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests.admin_crawl import walk as admin_pages
from tests.crawl import LEFT_OUT, is_page, pages
from tests.sending import Form, forms_of, send
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


def forms_found(found: Iterable[tuple[str, HttpResponse]]) -> Iterator[Form]:
    """Each form of these pages once for each set of fields, whatever the page it stands on."""
    seen = set()
    for address, answer in found:
        if not is_page(answer):
            continue
        for form in forms_of(address, answer):
            kind = (re.sub(r"/\d+/", "/0/", form.target.partition("?")[0]), *sorted(form.fields))
            if kind not in seen and form.fields.keys() - NOT_OURS:
                seen.add(kind)
                yield form


def crashes(client: Client, form: Form, names: Iterable[str], kind: str) -> Iterator[str]:
    """Sent with this rubbish in these fields; what it did is undone."""
    with transaction.atomic():
        status = send(client, form.target, {**form.fields, **dict.fromkeys(names, WORDS[kind])}).status_code
        transaction.set_rollback(True)
    if status >= 500:
        yield f"{status}: {kind} in {', '.join(names)} of {form.target}"


def problems(client: Client, forms: Iterable[Form], alone: Iterable[str]) -> Iterator[str]:
    """Each kind of rubbish in all fields at once, and those of ``alone`` in one field at a time."""
    for form in forms:
        names = sorted(form.fields.keys() - NOT_OURS)
        for kind in WORDS:
            yield from crashes(client, form, names, kind)
        for name in names:
            for kind in alone:
                yield from crashes(client, form, [name], kind)


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
    client = calm(midway[visitor])
    forms = forms_found(pages(client, "km", MIDWAY.get(visitor, ()), LEFT_OUT.get(visitor, ())))
    assert not list(problems(client, forms, alone=WORDS))
    assert connection.is_usable()


@pytest.mark.timeout(900)
def test_no_field_of_the_admin_crashes(desks):
    found, tried = [], 0
    for client in map(calm, desks.values()):
        forms = list(forms_found(admin_pages(client, "km")))
        tried += len(forms)
        found += problems(client, forms, alone=["NUL", "JSON too deep"])
    assert tried > 20
    assert not found

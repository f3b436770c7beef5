"""Malformed input in every field of every form, alone and with others, gets an answer, never a crash.

Pages are found by links and forms by markup, so that new pages are covered automatically. The other fields of
the form carry their initial values, as from a browser.
"""

import re
from collections.abc import Iterable, Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from tests.admin_crawl import walk as admin_pages
from tests.crawl import LEFT_OUT, is_page, pages
from tests.sending import Form, body, forms_of, send
from tests.structure.conftest import calm

VISITORS = ("anonymous", "citizen", "official", "assisted_session", "registering")
# Pages that are reached by the previous step only.
MIDWAY = {
    "anonymous": ("sign-in/code/", "grievances/report/where/", "grievances/report/contact/"),
    "registering": ("register/check/",),
}
REPORTED = {"": {"category": "payment"}, "what/": {"text": "It did not come."}}
NOT_OURS = {"csrfmiddlewaretoken"}
ROWS = "-TOTAL_FORMS"
# Refused before the form is parsed, because of whom the page was shown for.
OF_ANOTHER = 409
MARK = "rubbish7f3a"
# About 20 KB in a body, longer than any field accepts; that many fields stay below the limit of a request.
WORDS = {
    "NUL": f"{MARK}\x00b",
    "overlong": MARK + "ក" * 2_200,
    "a number too large": "9" * 4_400,  # Python parses no number of more than 4,300 digits
    "JSON too deep": "[" * 3_300 + "]" * 3_300,
    "huge JSON": '{"a": [' + "1," * 5_000 + "1]}",
    "a lone surrogate": f"{MARK}\ud800",
    "an escaped lone surrogate": '["\\ud83d"]',
    "bidirectional and zero-width": f"{MARK}\u202e\u2066\u200b\ufeff",
}
ESCAPED = "an escaped lone surrogate"
MOST_AT_ONCE = 20


def forms_found(
    found: Iterable[tuple[str, HttpResponse]], seen: set[tuple[str, ...]] | None = None
) -> Iterator[Form]:
    """Each form of these pages once for each set of fields, on whatever page it is; not those ``seen``."""
    seen = set() if seen is None else seen
    for address, answer in found:
        if not is_page(answer):
            continue
        for form in forms_of(address, answer):
            form = with_a_row(form)
            kind = (kind_of(form), *sorted(form.fields))
            if kind not in seen and form.fields.keys() - NOT_OURS:
                seen.add(kind)
                yield form


def kind_of(form: Form) -> str:
    """Its address without the row; operators of the admin are named by words."""
    return re.sub(r"/\d+/|/\w+/(?=change/$)", "/0/", form.target.partition("?")[0])


def with_a_row(form: Form) -> Form:
    """As a script of the admin adds one: it copies a row whose fields no view reads as they are named."""
    rows = {name.removesuffix(ROWS): count for name, count in form.fields.items() if name.endswith(ROWS)}

    def named(name: str) -> str:
        part, copied, field = name.partition("-__prefix__-")
        return f"{part}-{rows[part]}-{field}" if copied else name

    fields = {named(name): value for name, value in form.fields.items()}
    fields |= {
        f"{part}{ROWS}": str(int(count) + 1)
        for part, count in rows.items()
        if any(name.startswith(f"{part}-__prefix__-") for name in form.fields)
    }
    return Form(form.target, fields, {*map(named, form.hidden)}, {*map(named, form.areas)})


def crashes(client: Client, form: Form, names: Iterable[str], kind: str) -> Iterator[str]:
    """Submitted with this input in these fields, and validated by a form; the effects are rolled back."""
    fields = {**form.fields, **dict.fromkeys(names, WORDS[kind])}
    assert len(body(fields)) < settings.DATA_UPLOAD_MAX_MEMORY_SIZE, f"no form reads it: {form.target}"
    assert len(fields) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, f"no form reads it: {form.target}"
    with transaction.atomic():
        status = send(client, form.target, fields).status_code
        transaction.set_rollback(True)
    if status >= 500 or (status == OF_ANOTHER and form.hidden.isdisjoint(names)):
        yield f"{status}: {kind} in {', '.join(names)} of {form.target}"


def not_tried(form: Form, tried: set[tuple[str, ...]]) -> list[str]:
    """Its fields; marks them as tried. In forms that Django's admin saves those of one row stand for the
    others', and a field for itself in each state of the row; what other forms do depends on the whole.
    """
    kind = kind_of(form)
    others = () if kind.endswith(("/add/", "/change/")) else sorted(form.fields)
    names = form.fields.keys() - NOT_OURS
    found = {(kind, re.sub(r"-\d+-", "-0-", name), *others): name for name in names}
    new = sorted(name for kind, name in found.items() if kind not in tried)
    tried.update(found)
    return new


def problems(
    client: Client, forms: Iterable[Form], *, tried: set[tuple[str, ...]] | None = None
) -> Iterator[str]:
    """Each kind of input in all visible fields, and in one field after the other. Hidden fields are validated
    first, so the others are tested with valid ones.

    ``tried``: what was is left out, and a field is tried alone with the next kind in turn, not with each.
    """
    kinds, turn = list(WORDS), 0
    for form in forms:
        names = sorted(form.fields.keys() - NOT_OURS) if tried is None else not_tried(form, tried)
        seen = [name for name in names if name not in form.hidden]
        at_once = [tuple(seen[start : start + MOST_AT_ONCE]) for start in range(0, len(seen), MOST_AT_ONCE)]
        tries = [(some, kind) for some in at_once for kind in kinds]
        for name in names:
            turn += 1
            few = {kinds[turn % len(kinds)], *([ESCAPED] if name in form.areas else [])}
            tries += [((name,), kind) for kind in (kinds if tried is None else few)]
        # Where a form has one visible field, at once and alone are the same.
        for some, kind in dict.fromkeys(tries):
            yield from crashes(client, form, some, kind)


@pytest.fixture
def midway(browsers, registering, programme):
    """Browsers in the middle of each wizard, besides those of the cast."""
    browsers["anonymous"].post("/km/sign-in/", {"phone": "012 777 888"})
    for step, answer in REPORTED.items():
        browsers["anonymous"].post(f"/km/grievances/report/{step}", answer)
    return browsers | {"registering": registering}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("visitor", VISITORS)
def test_no_field_of_the_site_crashes(midway, visitor):
    client = calm(midway[visitor])
    forms = forms_found(pages(client, "km", MIDWAY.get(visitor, ()), LEFT_OUT.get(visitor, ())))
    assert not list(problems(client, forms))
    assert connection.is_usable()


@pytest.mark.timeout(900)
def test_no_field_of_the_admin_crashes(staff_clients):
    found, tried, seen = [], set(), set()
    for client in map(calm, staff_clients.values()):
        forms = list(forms_found(admin_pages(client, "km", narrowed=False), seen))
        found += problems(client, forms, tried=tried)
    assert len({address for address, *_field in tried}) > 20
    assert not found

"""Submits the forms of a page as a browser does, and detects whether that changed anything."""

from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlencode, urljoin

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

FORM = "application/x-www-form-urlencoded"
# Written by every request, also a refused one: visits, access log, rate limits.
NOTES = (
    "django_session", "usersessions_", "audit_", "pghistory_context", "accounts_signinfailure",
    "accounts_phoneevent", "accounts_totpdevice",
)  # fmt: skip


class Form(NamedTuple):
    """The address of a form, its initial values, and which of them are hidden or text areas."""

    target: str
    fields: dict[str, str]
    hidden: set[str]
    areas: set[str]


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form" and values.get("method", "").lower() == "post":
            self._form = Form(urljoin(self.address, values.get("action", "")), {}, set(), set())
            self.found.append(self._form)
        name = values.get("name", self._select)
        if self._form is None or not name:
            return
        fields = self._form.fields
        match tag, values.get("type", "text"):
            case "select", _:
                self._select = name
                fields[name] = ""
            case "option", _:
                if "selected" in values or not fields[self._select]:
                    fields[self._select] = values.get("value", "")
            case "textarea", _:
                self._area = name
                fields[name] = ""
                self._form.areas.add(name)
            case "input", "radio" | "checkbox":
                fields.setdefault(name, "")
                if "checked" in values:
                    fields[name] = values.get("value", "on")
            case ("input", "file"):
                pass
            case (("input" | "button"), kind):
                if kind == "hidden":
                    self._form.hidden.add(name)
                fields.setdefault(name, values.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


def forms_of(address: str, answer: HttpResponse) -> list[Form]:
    """The forms of this page that are posted."""
    reader = _Reader(address)
    reader.feed(answer.content.decode())
    return reader.found


def body(fields: dict[str, str]) -> str:
    """Includes lone surrogates, which a browser would not send."""
    return urlencode({name: value.encode("utf-8", "surrogatepass") for name, value in fields.items()})


def send(client: Client, target: str, fields: dict[str, str]) -> HttpResponse:
    return client.post(target, body(fields), content_type=FORM)


def send_and_undo(
    client: Client, target: str, fields: dict[str, str], before: dict[str, str]
) -> tuple[HttpResponse, set[str]]:
    """The answer, and the tables that the request changed since ``before``; everything is rolled back."""
    with transaction.atomic():
        counted = writes()
        answer = send(client, target, fields)
        written = {name for name, rows in writes().items() if rows != counted.get(name)}
        after = tables(written)
        transaction.set_rollback(True)
    return answer, {name for name in after if after[name] != before.get(name)}


def tables(only: set[str] | None = None) -> dict[str, str]:
    """A digest of the content of each table, without the rows that every request may write."""
    names = sorted(
        name
        for name in connection.introspection.table_names()
        if not name.startswith(NOTES) and (only is None or name in only)
    )
    if not names:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_digests(names))
        return dict(cursor.fetchall())


def writes() -> dict[str, int]:
    """By table, the number of rows this transaction wrote so far, including rolled back ones.

    Reading every row after every request would take most of the time of a crawl.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def _digests(names: list[str]) -> str:
    rows = (
        f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM \"{name}\" t"
        for name in names
    )
    return " UNION ALL ".join(rows)

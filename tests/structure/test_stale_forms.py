"""A form of the admin that was opened before somebody else changed the row does not overwrite that."""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth import SESSION_KEY
from django.db.models import CharField, Model, TextField
from django.http import HttpResponse
from django.test import Client, RequestFactory

from applications.models import Application
from dsp_platform.accounts.models import User
from dsp_platform.admin.roles import RoleAdmin
from dsp_platform.casework.admin import WorkQueueAdmin
from dsp_platform.exchange.models import Agreement, Operator
from grievances.models import Grievance
from registry.models import Benefit, DuplicateCase, LifeSituation, Programme
from tests.roles import as_owner

PAGES = admin.site._registry


class Filled(HTMLParser):
    """What a browser would send of the main form of a page if nothing is edited."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.area = self.select = ""
        self.several = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attributes}
        name = own.get("name", "")
        if tag == "select":
            self.select, self.several = name, "multiple" in own
            if not self.several:  # of several choices, nothing is sent where nothing is chosen
                self.values.setdefault(name, "")
        elif tag == "option" and self.select and "selected" in own:
            value = own.get("value", "")
            self.values[self.select] = [*self.values.get(self.select, []), value] if self.several else value
        elif tag == "textarea":
            self.area = name
            self.values[name] = ""
        elif tag == "input" and name and own.get("type") not in ("submit", "checkbox", "radio"):
            self.values[name] = own.get("value", "")
        elif tag == "input" and name and "checked" in own:
            value, ticked = own.get("value", "on"), self.values.get(name)
            boxes = own.get("type") == "checkbox" and ticked is not None
            self.values[name] = (
                [*(ticked if isinstance(ticked, list) else [ticked]), value] if boxes else value
            )

    def handle_endtag(self, tag: str) -> None:
        self.area, self.select = ("", self.select) if tag == "textarea" else (self.area, self.select)
        self.select = "" if tag == "select" else self.select

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] += data.removeprefix("\n")


def opened(client: Client, address: str) -> dict[str, Any]:
    return filled_in(client.get(address))


def filled_in(page: HttpResponse) -> dict[str, Any]:
    text = page.content.decode()
    form = re.search(r'<form[^>]*id="\w+_form".*?</form>', text, re.DOTALL)
    return Filled(form[0] if form else text).values


def address_of(row: Model, page: str = "change") -> str:
    return f"/en/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"


@pytest.fixture
def draft(sharing, steward) -> Agreement:
    copied = {
        name: getattr(sharing, name)
        for name in ("operator", "kind", "fields", "mapping", "concerns", "rule", "basis", "purpose_km")
    }
    return Agreement.objects.create(
        **copied, purpose_en="test", number=9, valid_from="2027-01-01", drafted_by=steward
    )


def changes(user: User, page: RoleAdmin) -> bool:
    """Whether this user can change any row there: otherwise the rows need not be opened."""
    request = RequestFactory().get("/")
    request.user = user
    return page.has_change_permission(request)


def forms(staff_clients: dict[str, Client]) -> Iterator[tuple[Client, RoleAdmin, Model, dict[str, Any]]]:
    """For every list whose rows can be changed, the form of one row with a field to edit."""
    for client in staff_clients.values():
        user = User.objects.get(pk=client.session[SESSION_KEY])
        for model, page in PAGES.items():
            for row in model.objects.order_by("pk") if changes(user, page) else ():
                answer = client.get(address_of(row))
                if answer.status_code == 200 and answer.context.get("show_save"):
                    form = filled_in(answer)
                    if plain_column(page, row, form) in form:
                        yield client, page, row, form
                        break


AT_LEAST = {User, Operator, Programme, Agreement}
NUMBERS = ("rate_per_minute", "position")


def plain_column(page: RoleAdmin, row: Model, values: dict[str, Any]) -> str:
    """A text field of the form that can be changed without side effects."""
    fields = [field for field in row._meta.concrete_fields if field.name in values and not field.choices]
    words = [one for one in fields if isinstance(one, CharField | TextField) and not one.unique]
    likely = [one for one in words if one.name.endswith(("_en", "name"))] or words
    if isinstance(row, Programme | LifeSituation):
        return "position"  # changed by two people, and by the owner
    return likely[0].name if likely else "rate_per_minute"


def test_every_form_that_changes_a_row_is_refused_when_it_is_old(staff_clients, draft):
    tried = set()
    for client, page, row, form in forms(staff_clients):
        assert form.get("_seen"), f"{row._meta.label} carries no digest"
        column = plain_column(page, row, form)
        meanwhile = 77 if column in NUMBERS else "Meanwhile"
        type(row)._base_manager.filter(pk=row.pk).update(**{column: meanwhile})
        typed = "88" if column in NUMBERS else "Mine"
        answer = client.post(address_of(row), {**form, column: typed})
        text = unescape(answer.content.decode())
        assert answer.status_code == 200, row._meta.label
        assert "Somebody else changed this since you opened it." in text
        assert f"is now: {meanwhile}" in text
        assert typed in text
        row.refresh_from_db()
        assert getattr(row, column) == meanwhile
        assert filled_in(answer)["_seen"] != form["_seen"]
        tried.add(type(row))
    assert tried >= AT_LEAST


def test_a_form_without_what_it_was_opened_with_is_refused(staff_clients, draft):
    tried = set()
    for client, page, row, form in forms(staff_clients):
        column = plain_column(page, row, form)
        client.post(address_of(row), {**form, "_seen": "", column: "88"})
        fresh = type(row).objects.get(pk=row.pk)
        assert getattr(fresh, column) == getattr(row, column)
        tried.add(type(row))
    assert tried >= AT_LEAST


def test_a_form_opened_now_is_saved(staff_clients, draft):
    tried = set()
    for client, page, row, form in forms(staff_clients):
        column = plain_column(page, row, form)
        answer = client.post(address_of(row), {**form, column: "88"})
        assert answer.status_code == 302, (row._meta.label, answer.context["errors"])
        assert str(getattr(type(row).objects.get(pk=row.pk), column)) == "88"
        tried.add(type(row))
    assert tried >= AT_LEAST


def test_a_changed_row_below_is_a_change_too(staff_clients, filled):
    programme, client = filled.application.programme, staff_clients["steward"]
    form = opened(client, address_of(programme))
    with as_owner():
        Benefit.objects.create(programme=programme, label_km="ប", amount=5, valid_from="2026-01-01")
    answer = client.post(address_of(programme), {**form, "name_en": "Mine"})
    assert "Somebody else changed this" in answer.content.decode()


def test_who_was_told_may_save_then(staff_clients, filled):
    programme, client = filled.application.programme, staff_clients["steward"]
    form = opened(client, address_of(programme))
    Programme.objects.filter(pk=programme.pk).update(position=7)
    told = client.post(address_of(programme), {**form, "position": "9"})
    again = filled_in(told)
    answer = client.post(address_of(programme), again)
    assert answer.status_code == 302, answer.context["errors"]
    assert Programme.objects.get(pk=programme.pk).position == 9


def test_what_a_machine_writes_meanwhile_stops_nobody(staff_clients, filled, operators):
    form = opened(staff_clients["steward"], address_of(operators["nssf"]))
    Operator.objects.filter(pk="nssf").update(last_error="timeout")
    typed = {**form, "rate_per_minute": "60"}
    assert staff_clients["steward"].post(address_of(operators["nssf"]), typed).status_code == 302
    fresh = Operator.objects.get(pk="nssf")
    assert (fresh.rate_per_minute, fresh.last_error) == (60, "timeout")


def test_every_step_in_the_admin_carries_the_version_it_was_shown_with(staff_clients, filled):
    """The step is the first one offered; a counter that changed meanwhile belongs to another step."""
    tried = set()
    for client in staff_clients.values():
        for model, page in PAGES.items():
            if not isinstance(page, WorkQueueAdmin):
                continue
            for row in model.objects.all():
                answer = client.get(address_of(row))
                radios = re.findall(r'type="radio" name="(\w+)" value="(\w+)"', answer.content.decode())
                if answer.status_code != 200 or not radios:
                    continue
                form = {**filled_in(answer), radios[0][0]: radios[0][1], "note": "Typed"}
                assert form["version"] == str(row.version)
                model.objects.filter(pk=row.pk).update(version=row.version + 1)
                told = client.post(address_of(row, page.step), form)
                assert told.status_code == 200
                fresh = model.objects.get(pk=row.pk)
                assert (fresh.state, fresh.version) == (row.state, row.version + 1)
                assert "Typed" in told.content.decode()
                tried.add(model)
    assert tried == {Application, DuplicateCase, Grievance}

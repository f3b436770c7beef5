"""What a form of the admin lets somebody change is saved: each field, in each form."""

from collections import defaultdict
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client

from registry.models import Person
from registry.programmes.changes import GUARDED
from tests.structure.test_stale_forms import address_of, changes, draft, filled_in

__all__ = ["draft"]

# What a form only proposes, until a second person approves it.
PROPOSED = {"Programme": {*GUARDED, "holds_from", "reason"}}
# New values for fields with a format of their own, and the other fields that they require.
TYPED = {
    "area_code": {"area_code": "0102"},
    "operator_code": {"operator_code": "family_package", "full_name": "Sok"},
    "duty": {"duty": "supervisor", "full_name": "Sok"},
    "fields": {"fields": ["person.spid", "person.sex"]},
    "mapping": {"mapping-version-name": "version_again"},
    "basis": {"basis": "law", "legal_reference": "Law 1"},
    "quiet_from": {"quiet_from": "21:00", "quiet_to": "05:00"},
    "quiet_to": {"quiet_from": "20:00", "quiet_to": "06:00"},
    "picture": {"picture": "baby"},
    "rule": {"rule": "false"},
}
# Its code, in either language: a name is asked for again, with what was found.
BAT_TRANG = "010202"
TYPED_OF = {
    ("ImportSource", "mapping"): {"mapping-sheet-column": "Members"},
    # Its fields are ticked by kind.
    ("Agreement", "kind"): {"kind": "application", "fields": ["application.spid"]},
    ("ImportSource", "trust"): {"trust_0": ["born"]},
    # A team has the scope of its kind, and no other.
    ("Team", "kind"): {"kind": "secretariat", "operator": "", "place": ""},
    ("Team", "operator"): {"kind": "operator", "operator": "idpoor", "place": ""},
    ("Team", "place"): {"kind": "commune", "operator": "", "place": BAT_TRANG},
    ("RoutingRule", "place"): {"place": BAT_TRANG},
}


def typed_into(model: str, name: str, field: forms.Field, now: Any) -> dict[str, Any]:
    """Another valid value of the field, as a browser sends it; None for an unticked box."""
    if of_model := TYPED_OF.get((model, name)):
        return dict(of_model)
    if name == "spid":
        return {name: Person.objects.earliest("pk").spid}
    if name in TYPED:
        return dict(TYPED[name])
    if isinstance(field, forms.BooleanField):
        return {name: None if now else "on"}
    if choices := getattr(field, "choices", None):
        return {name: next(str(value) for value, _label in choices if str(value) not in ("", str(now)))}
    if isinstance(field, forms.DateField):
        return {name: "2027-06-01"}
    if isinstance(field, forms.IntegerField | forms.DecimalField):
        return {name: str(int(now or 0) + 1)}
    return {name: f"{now or ''}x"}


def fields_of(answer: HttpResponse) -> forms.BaseForm | None:
    """The form of a page that the user may save."""
    saves = answer.status_code == 200 and b'name="_save"' in answer.content
    return answer.context["adminform"].form if saves else None


def is_kept(
    client: Client, model: str, page: HttpResponse, form: forms.BaseForm, name: str
) -> tuple[bool, HttpResponse]:
    """``page`` is the form as it is open now. Also returns the page that is opened after it was sent."""
    address, before = page.request["PATH_INFO"], form[name].value()
    typed = {**filled_in(page), **typed_into(model, name, form.fields[name], before)}
    answer = client.post(address, {key: value for key, value in typed.items() if value is not None})
    if answer.status_code == 200:  # refused: nothing was written, so the page is still as it was opened
        return False, page
    page = client.get(address)
    again = fields_of(page)
    return again is not None and name in again.fields and again[name].value() != before, page


@pytest.mark.parametrize("language", ["km", "en"])
def test_every_field_that_can_be_changed_is_kept(staff_clients, draft, steward, language):
    """Rows of one list differ in what they store (an official has no operator): at least one must save the
    field.
    """
    lost: dict[str, set[str]] = defaultdict(set)
    kept: dict[str, set[str]] = defaultdict(set)
    for model, list_page in admin.site._registry.items():
        rows = model.objects.exclude(pk=steward.pk if model is type(steward) else None).order_by("pk")
        for row in rows if changes(steward, list_page) else ():
            address = address_of(row).replace("/en/", f"/{language}/")
            page = staff_clients["steward"].get(address)
            form = fields_of(page)
            # Proposed fields come last: while a proposal is pending, names cannot change.
            last, new = PROPOSED.get(model.__name__, set()), set(form.fields if form else ())
            for name in sorted(new - kept[model.__name__], key=lambda name: (name in last, name)):
                stays, page = is_kept(staff_clients["steward"], model.__name__, page, form, name)
                (kept if stays else lost)[model.__name__].add(name)
    assert {name: lost[name] - kept[name] for name in lost if lost[name] - kept[name]} == PROPOSED
    assert {"User", "Operator", "Programme", "Agreement", "LifeSituation"} <= set(kept)

"""Nobody types JSON or a code into a form of the admin: what is known is chosen."""

from collections.abc import Iterator

import pytest
from django import forms
from django.contrib import admin
from django.http import HttpResponse

from dsp_platform.accounts.staff.scope_fields import AreaField
from dsp_platform.admin.codes import CODE_FROM_NAME
from tests.structure.test_stale_forms import address_of, draft  # noqa: F401


def typed_json(form: forms.BaseForm) -> Iterator[str]:
    for name, field in form.fields.items():
        if isinstance(field, forms.JSONField) and not field.disabled:
            yield name


def typed_codes(form: forms.BaseForm) -> Iterator[str]:
    """Codes of our own, and of areas and operators: none is required."""
    for name, field in form.fields.items():
        is_code = isinstance(field, forms.SlugField) or name.endswith("_code")
        is_chosen = isinstance(field, forms.ChoiceField | AreaField) or field.help_text == CODE_FROM_NAME
        if is_code and isinstance(field.widget, forms.TextInput) and not is_chosen:
            yield name


def pages(staff_clients) -> Iterator[tuple[str, HttpResponse]]:
    for client in staff_clients.values():
        for model in admin.site._registry:
            row = model.objects.order_by("-pk").first()
            about = f"/en/admin/{model._meta.app_label}/{model._meta.model_name}"
            for address in (f"{about}/add/", row and address_of(row)):
                answer = client.get(address) if address else None
                if answer is not None and answer.status_code == 200 and "adminform" in (answer.context or {}):
                    yield model.__name__, answer


@pytest.mark.django_db
def test_no_json_and_no_code_is_typed(staff_clients, draft):  # noqa: F811
    seen, found = set(), set()
    for model, page in pages(staff_clients):
        form = page.context["adminform"].form
        inlines = [one.formset.empty_form for one in page.context["inline_admin_formsets"]]
        seen.add(model)
        for one in (form, *inlines):
            found |= {(model, name) for name in (*typed_json(one), *typed_codes(one))}
    assert {"User", "Agreement", "ImportSource", "Programme", "Team", "RoutingRule", "DecreedDay"} <= seen
    assert not found

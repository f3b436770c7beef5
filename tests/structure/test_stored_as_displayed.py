"""What stewards type is stored as it is displayed: in every text field of the admin and of proposals."""

import json
import unicodedata

import pytest
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from dsp_platform.admin.roles import RoleAdmin
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.agreements.proposal_admin import EndForm
from dsp_platform.khmer.text import clean, clean_lines
from dsp_platform.web.forms import JSONField
from registry.models import Programme
from tests.registry.conftest import family_package as family_package
from tests.registry.programmes.test_admin import programme_form, sign_in, url

pytestmark = pytest.mark.django_db

HIDDEN = "a\u202eb\u200bc\u2066d\ufeff\u17b4e\u0007f"
KHMER = "ស្រុក\u200bមង្គលបូរី"
UNSEEN = {"Cf", "Cc", "Cs", "Zl", "Zp"}


def invisible(text: str) -> set[str]:
    return {sign for sign in text if unicodedata.category(sign) in UNSEEN}


def stored(field: forms.Field, typed: str) -> str:
    """The cleaned value; None where the field refuses it."""
    try:
        return str(field.clean(typed) or "")
    except ValidationError:
        return ""


def pages(steward):
    request = RequestFactory().get("/")
    request.user = steward
    for page in admin.site._registry.values():
        if not isinstance(page, RoleAdmin):
            continue
        row = page.model()
        if page.has_add_permission(request):
            yield page, page.get_form(request, None)()
        if page.has_change_permission(request, row):
            yield page, page.get_form(request, row, change=True)(instance=row)
            for inline in page.get_inline_instances(request):
                yield inline, inline.get_formset(request, None).form()


def texts(steward) -> dict[str, forms.CharField]:
    found = {}
    for page, form in pages(steward):
        for name, field in form.fields.items():
            if isinstance(field, forms.CharField) and not isinstance(field, forms.JSONField):
                found[f"{page}.{name}"] = field
    assert len(found) > 30
    return found | {"end.reason": EndForm().fields["reason"]}


def test_no_text_of_the_admin_keeps_what_nobody_sees(steward):
    found = texts(steward)
    kept = {name: stored(field, f"{HIDDEN}\n{KHMER}") for name, field in found.items()}
    assert not {name for name, text in kept.items() if invisible(text) - {"\n"}}
    assert {stored(field, KHMER) for field in found.values()} <= {"", "ស្រុកមង្គលបូរី"}


def test_a_line_is_one_line(steward):
    for name, field in texts(steward).items():
        several = isinstance(field.widget, forms.Textarea)
        assert several or "\n" not in stored(field, "a\nb\u2028c"), name


def test_a_line_with_a_sign_without_its_letter_is_refused(steward):
    for name, field in texts(steward).items():
        several = isinstance(field.widget, forms.Textarea)
        assert several or getattr(field, "as_typed", False) or not stored(field, "ស្រុក្"), name


def test_what_was_stored_otherwise_is_not_changed_by_looking(steward):
    for name, field in texts(steward).items():
        if getattr(field, "as_typed", False):
            continue
        cleaned = (clean_lines if isinstance(field.widget, forms.Textarea) else clean)(HIDDEN)
        assert not field.has_changed(HIDDEN, cleaned), name


def test_every_json_of_the_admin_is_ours(steward):
    found = [
        (page, field)
        for page, form in pages(steward)
        for field in form.fields.values()
        if isinstance(field, forms.JSONField)
    ]
    assert found
    assert not [page for page, field in found if not isinstance(field, JSONField)]


@pytest.mark.parametrize("sign", [r"\ud83d", r"\udc00", r"\u0000", r"\n", r"\u2028", r"\u0085"])
@pytest.mark.parametrize("shape", ['["%s"]', '{"%s": 1}', '{"a": [{"b": "x%s"}]}', '"%s"'])
def test_a_text_that_is_none_is_refused_in_json(shape, sign):
    with pytest.raises(ValidationError):
        JSONField().clean(shape % sign)


def test_json_keeps_only_what_is_seen_and_its_spaces():
    assert JSONField().clean(r'{"a\u202eb": ["\u200bស្រី", " ", 1, null]}') == {"ab": ["ស្រី", " ", 1, None]}
    assert JSONField().clean(json.dumps("😀")) == "😀"


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("typed", ["a\u2028b", "a\x00b", "a\x85b", "\u17b6a"])
@pytest.mark.parametrize("model", ["exchange/agreement", "registry/importsource"])
def test_what_nobody_sees_is_told_at_its_row(steward, operators, language, model, typed):
    page = f"/{language}/admin/{model}/add/"
    cells = {"mapping-table-name": typed, "mapping-table-column": typed}
    answer = sign_in(steward).post(page, {"operator": "nssf", "kind": "person", **cells})
    assert answer.status_code == 200
    assert 'id="id_mapping-table-error"' in answer.content.decode()


def test_the_second_steward_reads_what_was_typed(steward, second_steward, family_package):
    staff_client = sign_in(steward)
    before = Programme.objects.get(pk=family_package.pk)
    typed = programme_form(before, rule="age > 5", reason=HIDDEN, summary_en=f"Help\u202e{KHMER}")
    assert staff_client.post(url("programme_change", before.pk), typed).status_code == 302
    proposal = Proposal.objects.get()
    assert (proposal.reason, invisible(proposal.payload["summary_en"])) == (clean(HIDDEN), set())

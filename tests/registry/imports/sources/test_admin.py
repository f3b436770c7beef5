"""The pages of a source."""

import json

import pytest
from django.urls import reverse

from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from registry.imports.sources.approvals import propose_begin, text_read
from registry.models import ImportSource
from tests.registry.imports.cast import MAPPING
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
TYPED = {
    "code": "members",
    "name_km": "សមាជិក",
    "name_en": "Members",
    "operator": "nssf",
    "programme": "",
    "legal_basis": "Law",
    "valid_from": "01/01/2026",
    "valid_to": "",
    "rank": "30",
    "trust_0": ["phone"],
    "trust_2": "35",
    "mapping": json.dumps(MAPPING),
}


@pytest.fixture
def page(operators, steward, second_steward):
    return browser(steward)


def test_a_steward_drafts_a_source(page, steward):
    answer = page.post(reverse("admin:registry_importsource_add"), TYPED)
    assert answer.status_code == 302
    draft = ImportSource.objects.get()
    assert (draft.state, draft.drafted_by, draft.rank) == ("draft", steward, 30)
    assert draft.trust == {"fill": ["phone"], "overwrite": [], "stop_above": 35}


def test_the_code_is_made_of_the_name(page):
    for code in ("idpoor-list", "idpoor-list-2"):
        page.post("/en/admin/registry/importsource/add/", {**TYPED, "code": "", "name_en": "IDPoor list"})
        assert ImportSource.objects.filter(code=code).exists()


def test_problems_stand_at_the_field_with_their_place(page):
    answer = page.post(
        "/en/admin/registry/importsource/add/",
        {**TYPED, "mapping": '{"x": 1}', "trust_0": ["spid"], "trust_2": "0"},
    )
    errors = answer.context["adminform"].form.errors
    assert errors["mapping"] == ["The mapping lacks “columns”.", "The mapping has no part “x”."]
    assert any("spid is not one of the available choices" in one for one in errors["trust"])
    assert any("greater than or equal to 1" in one for one in errors["trust"])
    assert not ImportSource.objects.exists()


def test_the_form_explains_rank_trust_columns_and_programme(page):
    answer = page.get("/en/admin/registry/importsource/add/").content.decode()
    for words in (
        "1 is trusted most",
        "What people told is never replaced",
        "heading of the file",
        "is enrolled in it",
    ):
        assert words in answer


def test_the_form_shows_an_example_for_each_kind(page):
    answer = page.get(reverse("admin:registry_importsource_add"))
    assert answer.content.decode().count("<details>") == 5


def test_a_draft_is_proposed_as_it_was_read(page, source):
    address = reverse("admin:registry_importsource_begin", args=[source.pk])
    shown = page.get(address).context
    answer = page.post(address, {"read": shown["read"], "reason": "ឯកសារខែវិច្ឆិកា"})
    assert answer.status_code == 302
    assert Proposal.objects.get().kind == "import_source"


@pytest.mark.parametrize("view", ["change", "begin"])
def test_why_it_was_refused_stands_where_it_is_proposed_again(page, source, steward, second_steward, view):
    waiting = propose_begin(source=source, actor=steward, read=text_read(source))
    approval.refuse(proposal=waiting, actor=second_steward, note="Another decree.")
    shown = page.get(reverse(f"admin:registry_importsource_{view}", args=[source.pk])).content.decode()
    assert "Another decree." in shown


def test_a_draft_that_was_changed_meanwhile_is_not_proposed(page, source):
    address = reverse("admin:registry_importsource_begin", args=[source.pk])
    read = page.get(address).context["read"]
    ImportSource.objects.filter(pk=source.pk).update(rank=3)
    answer = page.post(address, {"read": read})
    assert answer.context["form"].non_field_errors()
    assert not Proposal.objects.exists()


def test_an_auditor_reads_and_changes_nothing(operators, source, auditor):
    page = browser(auditor)
    assert page.get(reverse("admin:registry_importsource_change", args=[source.pk])).status_code == 200
    assert page.get(reverse("admin:registry_importsource_begin", args=[source.pk])).status_code == 403

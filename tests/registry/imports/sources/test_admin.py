"""The pages of a source."""

import re

import pytest
from django.urls import reverse

from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from registry.imports.sources.approvals import propose_begin, text_read
from registry.imports.sources.mapping_rows import sheet_of
from registry.models import ImportSource
from tests.json_rows import posted_anew
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
    **posted_anew(sheet_of(MAPPING)),
}


@pytest.fixture
def page(operators, steward, second_steward):
    return browser(steward)


def test_a_steward_drafts_a_source(page, steward):
    answer = page.post(reverse("admin:registry_importsource_add"), TYPED)
    assert answer.status_code == 302
    draft = ImportSource.objects.get()
    assert (draft.state, draft.drafted_by, draft.rank) == ("draft", steward, 30)
    assert draft.mapping == {"columns": {**MAPPING["columns"], "village": {"code": "VILLAGE"}}}
    assert draft.trust == {"fill": ["phone"], "overwrite": [], "stop_above": 35}


def test_the_code_is_made_of_the_name(page):
    for code in ("idpoor-list", "idpoor-list-2"):
        page.post("/en/admin/registry/importsource/add/", {**TYPED, "code": "", "name_en": "IDPoor list"})
        assert ImportSource.objects.filter(code=code).exists()


def test_problems_stand_at_the_field_with_their_place(page):
    answer = page.post(
        "/en/admin/registry/importsource/add/",
        {
            **TYPED,
            "mapping-columns-born-column": "",
            "mapping-columns-sex-is_male": "1",
            "mapping-columns-sex-is_female": "1",
            "trust_0": ["spid"],
            "trust_2": "0",
        },
    )
    errors = answer.context["adminform"].form.errors
    assert "“1” stands for two values." in errors["mapping"][0]
    assert any("spid is not one of the available choices" in one for one in errors["trust"])
    assert any("greater than or equal to 1" in one for one in errors["trust"])
    assert not ImportSource.objects.exists()


@pytest.mark.parametrize(
    ("typed", "row"),
    [
        ({"mapping-columns-born-column": ""}, "columns-born"),
        ({"mapping-columns-sex-column": ""}, "columns-sex"),
        ({"mapping-columns-village-code": ""}, "columns-village"),
        ({"mapping-columns-name-column": "NAME"}, "columns-name"),
        ({"mapping-columns-born-year": "Y"}, "columns-born"),
        ({"mapping-columns-relationship-column": ""}, "columns-relationship"),
        ({"mapping-constants-sex-column": "man"}, "constants-sex"),
        ({"mapping-columns-phone-column": "x\u2028y"}, "columns-phone"),
    ],
)
@pytest.mark.parametrize("language", ["km", "en"])
def test_a_mistake_in_the_columns_stands_at_its_row(page, language, typed, row):
    answer = page.post(f"/{language}/admin/registry/importsource/add/", {**TYPED, **typed}).content.decode()
    assert re.findall(r'class="errorlist" id="id_mapping-(.*?)-error"', answer) == [row]
    assert all(f'value="{text}"' in answer for text in ("FAMILY", "MEMBER"))
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
    assert answer.content.decode().partition('id="examples"')[2].count("<details>") == 5


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

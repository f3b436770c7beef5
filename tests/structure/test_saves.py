"""A save names the columns it writes.

Saving a whole row overwrites concurrent changes, and in English it writes the English text into the column
that all languages share.
"""

import ast
from datetime import date

import pytest
from django.utils import translation

from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.models import Agreement
from registry.models import LifeSituation, Programme
from registry.programmes.catalogue import save_programme, save_situation
from tests.approval.cast import end
from tests.packages import PACKAGES
from tests.roles import as_owner
from tests.structure.test_imports import name_of, sources, tree

LANGUAGES = ("km", "en")


@pytest.fixture(params=LANGUAGES)
def language(request):
    with translation.override(request.param):
        yield request.param


def test_a_save_names_its_columns_or_says_that_the_row_is_new():
    bare = [
        f"{name_of(path)}:{call.lineno}"
        for path in sources(*PACKAGES)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "save"
        and not call.args
        and not call.keywords
    ]
    assert not bare


def stored(row: object) -> dict[str, object]:
    """Every column as stored, whatever the active language."""
    return type(row)._base_manager.rewrite(False).filter(pk=row.pk).values().get()


def changed_columns(row: object, act) -> set[str]:
    before = stored(row)
    act()
    after = stored(row)
    return {name for name in before if before[name] != after[name]}


def test_an_agreement_ends_in_either_language(sharing, steward, language):
    with as_owner():
        ended = changed_columns(sharing, lambda: agreements.end_agreement(agreement=sharing, actor=steward))
    assert ended == {"state", "valid_to"}


def test_the_next_one_takes_its_place_in_either_language(sharing, steward, second_steward, language):
    draft = agreements.draft_from(agreement=sharing, actor=steward)
    Agreement.objects.filter(pk=draft.pk).update(valid_from=date(2026, 1, 2))
    with as_owner():
        agreements.approve_agreement(agreement=draft, actor=second_steward)
    sharing.refresh_from_db()
    assert sharing.state == Agreement.State.ENDED


def test_a_programme_keeps_its_other_columns_in_either_language(programme, steward, language):
    stale = Programme.objects.get(pk=programme.pk)
    with as_owner():
        Programme.objects.filter(pk=programme.pk).update(name_en="Health for all", name_km="សុខភាព")
    stale.position = 7
    acted = changed_columns(
        programme, lambda: save_programme(programme=stale, changed=["position"], actor=steward)
    )
    assert acted == {"position"}


def test_a_situation_keeps_its_other_columns_in_either_language(db, steward, language):
    with as_owner():
        row = LifeSituation.objects.create(code="birth", name_km="កំណើត", name_en="Birth", position=1)
    row.position = 7
    acted = changed_columns(row, lambda: save_situation(situation=row, changed=["position"], actor=steward))
    assert acted == {"position"}


def test_an_agreement_is_ended_by_two_in_either_language(sharing, steward, second_steward, language):
    assert end(sharing, steward, second_steward).state == Agreement.State.ENDED


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", ["pause", "resume"])
def test_an_operator_is_paused_in_the_admin_in_either_language(
    filled, staff_clients, operators, act, language
):
    data = {"action": act, "_selected_action": ["nssf"]}
    assert staff_clients["steward"].post(f"/{language}/admin/exchange/operator/", data).status_code == 302
    operators["nssf"].refresh_from_db()
    assert (operators["nssf"].paused_at is not None) == (act == "pause")

"""The questions about a newcomer, and the check page, say who that is."""

import pytest
from django.utils import translation

from dsp_platform.wizard.questions import CHECK, Key
from registry.changes.kinds import KINDS
from registry.changes.selectors import household_context
from registry.changes.wizard import ChangeWizard
from tests.registry.changes.cast import BABY, NO_PAPER, about, joining

pytestmark = pytest.mark.django_db

NEW = {"family_name": "ហេង", "given_name": "វិចិត្រ", "latin_family_name": "", "latin_given_name": ""}
UNREGISTERED = {
    "known": {"has_spid": "no", "spid": ""},
    "name": NEW,
    "sex": {"sex": "male"},
    "birth": {"born": "1990"},
    "document": NO_PAPER,
    "relationship": {"relationship": "other_relative"},
}


@pytest.fixture
def wizard_of(heng):
    def wizard(kind: str, **answers) -> ChangeWizard:
        return ChangeWizard(KINDS[kind], household_context(heng, None), answers)

    return wizard


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_who_marries_is_named_and_then_who_moves_in(wizard_of, maly):
    wizard = wizard_of("marriage", who=about(maly), living={"living": "here"}, **UNREGISTERED)
    whose = {key.name: wizard.whose(key) for key in wizard.order() if key.name != "rare"}
    assert whose == {
        "who": "",
        "living": maly.name,
        "known": "The new member",
        "name": "The new member",
        "sex": "ហេង វិចិត្រ",
        "birth": "ហេង វិចិត្រ",
        "document": "ហេង វិចិត្រ",
        "relationship": "ហេង វិចិត្រ",
        CHECK: "",
    }


def test_a_newborn_is_named_too(wizard_of):
    assert wizard_of("birth", **BABY).whose(Key("sex")) == "សុខ ថ្មី"


def test_a_correction_is_about_the_member(wizard_of, maly):
    wizard = wizard_of("name", who=about(maly), name=NEW)
    assert wizard.whose(Key("name")) == maly.name


@pytest.mark.parametrize("kind", [code for code, kind in KINDS.items() if kind.may_take_in])
def test_the_check_page_says_first_who_comes_in(wizard_of, maly, sokha, family_of_one, kind):
    asked = {"who": about(maly), "living": {"living": "here"}} if KINDS[kind].marries else {}
    new = wizard_of(kind, **asked, **UNREGISTERED)
    known = wizard_of(kind, **asked, **joining(sokha.person))
    rows = [{row.label: row.words for row in wizard.rows()} for wizard in (new, known)]
    spid = sokha.person.spid_grouped
    assert [row["The new member"] for row in rows] == ["ហេង វិចិត្រ (1990)", f"SPID {spid} (14/04/1984)"]
    assert [row["SPID"] for row in rows] == ["Not registered yet, or not known", spid]

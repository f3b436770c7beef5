"""An area is found by the words typed: one is taken, of several one is chosen, none and too many are said."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from dsp_platform.web.place_search import Typed
from registry.areas.search_fields import OFFICES, AreaSearchField, areas_meant_by
from registry.models import Area

pytestmark = pytest.mark.django_db

WHOLE = "Banteay Neang, Mongkol Borey, Banteay Meanchey"


def form(data: dict[str, str] | None = None, *, kept: str = "", most: int = 20) -> forms.Form:
    class Form(forms.Form):
        area = AreaSearchField(
            levels=OFFICES, not_found="None is called so.", kept=kept, most=most, required=False
        )

    return Form(data, initial={"area": kept})


def found(words: str, chosen: str = "", **options: str | int) -> str:
    filled = form({"area": words, "area_chosen": chosen}, **options)
    assert filled.is_valid(), filled.errors
    return filled.cleaned_data["area"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("បន្ទាយនាង", "010201"),
        ("banteay  neang", "010201"),
        ("Banteay Neang, Mongkol Borey, Banteay Meanchey", "010201"),
        ("០១០២០១", "010201"),
        ("Mongkol Borey", "0102"),  # its communes lie in it, but only the district is called so
        ("", ""),
    ],
)
def test_one_found_is_taken(areas, words, code):
    assert found(words) == code


@pytest.mark.parametrize("language", ["km", "en"])
def test_of_several_one_is_chosen_with_its_whole_address(areas, language):
    with translation.override(language):
        asked = form({"area": "Mongkol"})
        assert list(asked.errors) == ["area"]
        page = str(asked["area"])
        address = {"km": "បន្ទាយនាង, មង្គលបូរី", "en": "Banteay Neang, Mongkol Borey"}
        assert address[language] in page
        assert 'value="Mongkol"' in page
    assert found("Mongkol", "010202") == "010202"


def test_those_whose_own_name_begins_so_come_before_those_that_lie_in_one(areas):
    """And of them the district before the many communes, so that it is on a list that is cut."""
    Area.objects.filter(pk="0102").update(name_latin="Mongkol Thmei")
    Area.objects.filter(pk="010202").update(name_latin="Mongkol Sah")
    assert [code for code, _name in areas_meant_by("Mongkol", OFFICES)] == ["0102", "010202", "010201"]


def test_one_alone_is_taken_unseen_only_where_it_was_typed_whole(areas):
    seen = AreaSearchField(levels=OFFICES, not_found="None is called so.", least=1)
    typed = {words: Typed(words, "") for words in ("Banteay Neang", "010201", "០១០២០១", WHOLE)}
    with translation.override("en"):
        for words in ("010201", "០១០២០១", WHOLE):
            assert seen.clean(typed[words]) == "010201"
        with pytest.raises(ValidationError):
            seen.clean(typed["Banteay Neang"])
        assert seen.clean(Typed("Banteay Neang", "010201")) == "010201"


def test_what_was_chosen_for_other_words_does_not_count(areas):
    assert not form({"area": "Mongkol", "area_chosen": "0201"}).is_valid()
    assert found("Banan", "010201") == "0201"


def test_none_found_is_said_and_the_words_stay(areas):
    asked = form({"area": "Atlantis"})
    assert asked.errors["area"] == ["None is called so."]
    assert 'value="Atlantis"' in str(asked["area"])


def test_a_list_that_is_cut_says_so(areas):
    words = "Only the first are shown"
    with translation.override("en"):
        assert words in str(form({"area": "Mongkol"}, most=2)["area"])
        assert words not in str(form({"area": "Mongkol"})["area"])


def test_one_that_was_abolished_stays_until_another_is_typed(areas):
    Area.objects.filter(pk="010201").update(valid_to="2026-01-01")
    shown = form(kept="010201")["area"]
    assert found("010201", kept="010201") == "010201"
    assert 'value="010201"' in str(shown)
    assert not form({"area": "010201"}).is_valid()
    assert not form({"area": "Banteay Neang"}, kept="010201").is_valid()


def test_an_address_typed_in_the_other_language_is_the_same(areas):
    with translation.override("km"):
        words = str(form(kept="010201")["area"]).split('value="')[1].split('"')[0]
    with translation.override("en"):
        assert found(words) == "010201"
        assert not form({"area": words}, kept="010201").has_changed()

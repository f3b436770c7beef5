"""An impossible date is refused in words that fit births and deaths."""

import re

import pytest
from django import forms
from django.urls import get_resolver
from django.utils import translation

from dsp_platform.khmer.dates import DateProblem
from registry.identity.dates import PROBLEMS, DatePartsField

# The input of the three boxes, by the error it causes.
WRONG = {
    "not_a_date": ("31", "2", "2020"),
    "year_missing": ("", "", ""),
    "month_missing": ("3", "", "2020"),
    "short_year": ("3", "2", "20"),
    "buddhist_year": ("3", "2", "2563"),
    "future": ("3", "2", "2201"),
    "too_old": ("3", "2", "1201"),
}
OF_BIRTH = {"en": ("birth", "born", "identity card"), "km": ("កំណើត", "អត្តសញ្ញាណបណ្ណ")}


def subclasses(parent: type) -> set[type]:
    return {parent}.union(*(subclasses(one) for one in parent.__subclasses__()))


def asked_for() -> dict[str, DatePartsField]:
    """Every date in three boxes, in every form."""
    assert get_resolver().url_patterns  # the views import the forms
    return {
        f"{form.__name__}.{name}": field
        for form in subclasses(forms.BaseForm)
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, DatePartsField)
    }


@pytest.mark.parametrize(
    ("told", "boxes"),
    [("1998", ("", "", "1998")), ("1998-05", ("", "5", "1998")), ("1998-05-20", ("20", "5", "1998"))],
)
def test_as_much_of_a_date_as_is_known_stands_in_the_boxes(told, boxes):
    class Asked(forms.Form):
        on = DatePartsField()

    shown = str(Asked(initial={"on": told})["on"])
    assert tuple(re.findall(r'name="on_(?:day|month|year)"(?: value="(\d*)")?', shown)) == boxes
    form = Asked(dict(zip(("on_day", "on_month", "on_year"), boxes, strict=True)))
    assert form.is_valid()
    assert form.cleaned_data == {"on": told}


def test_every_problem_has_its_sentence():
    codes = {one.code for one in subclasses(DateProblem)}
    assert codes == set(PROBLEMS) == set(WRONG)


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("code", WRONG)
def test_no_date_is_refused_in_words_of_a_birth(code, language):
    fields = asked_for()
    assert {"DiedForm.died", "BirthForm.born", "ClaimForm.born"} <= set(fields)
    with translation.override(language):
        for name, field in fields.items():
            with pytest.raises(forms.ValidationError) as refused:
                field.clean(WRONG[code])
            assert refused.value.code == code
            assert not [word for word in OF_BIRTH[language] if word in refused.value.messages[0]], name

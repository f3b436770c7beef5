"""What a row writes of somebody registered: where nothing is known, over what another source said, and never
over what people told. Each field that trust can name is tried, so that none is approved that does nothing."""

from datetime import date
from types import SimpleNamespace

import pytest

from dsp_platform.khmer.dates import PartialDate
from registry.imports.planning.filling import Beliefs, filling
from registry.imports.planning.levels import level_filling
from registry.imports.sources.trust import FIELDS, KEPT_IF_KNOWN, REPLACED, trust_of
from registry.models import Household, Person

HELD = {
    "family_name": "សុខ", "given_name": "ដារ៉ា", "latin_family_name": "Sok", "latin_given_name": "Dara",
    "sex": "male", "phone": "+85512345678", "disability_level": "mild", "born": PartialDate(date(2001, 2, 3)),
    "poverty_level": "level1",
}  # fmt: skip
GIVEN = {
    "family_name": "ចាន់", "given_name": "វិបុល", "latin_family_name": "Chan", "latin_given_name": "Vibol",
    "sex": "female", "phone": "+85512345679", "disability_level": "severe",
    "born": PartialDate(date(1999, 5, 6)), "poverty_level": "level2",
}  # fmt: skip
PAIRS = {"family_name": "given_name", "latin_family_name": "latin_given_name"}
PAIRS |= {given: family for family, given in PAIRS.items()}


def person(**values):
    born = values.pop("born", HELD["born"])
    plain = dict.fromkeys(HELD.keys() - {"born", "poverty_level"}, "")
    return Person(
        pk=7, **{**plain, **values}, date_of_birth=born.first, birth_precision=born.precision, village_id="1"
    )


def row(**values):
    born = values.pop("born", None)
    return SimpleNamespace(
        **{**dict.fromkeys(GIVEN.keys() - {"born"}, ""), **values}, village="", household="H1",
        date_of_birth=born and born.first, birth_precision="day" if born else "", poverty_valid_to=None,
    )  # fmt: skip


def beliefs(ranks=None, **trust):
    return Beliefs("own", trust_of(trust), ranks or {"own": 100, "other": 100})


def written(field, held, beliefs, *, said_by=""):
    """Whether the row's value is written, and whether a steward is asked. ``held``: what is on record."""
    if field == "poverty_level":
        home = Household(poverty_level=held or "", poverty_source=said_by)
        found = level_filling(home, 7, row(poverty_level=GIVEN[field]), beliefs)
    else:
        known = person(**({field: held} if held else {}))
        known.origins = {"*": said_by} if said_by else {}
        found = filling(known, row(**{field: GIVEN[field]}), beliefs)
    return field in found.values, bool(found.differences)


COMPARED = [field for field in FIELDS if field in GIVEN]


def test_all_but_documents_and_members_are_compared_here():
    assert set(FIELDS) - set(COMPARED) == {"documents", "members"}


@pytest.mark.parametrize("field", [field for field in COMPARED if field != "born"])
def test_what_is_unknown_is_filled_where_that_is_named(field):
    assert written(field, None, beliefs(fill=[field])) == (True, False)
    others = [other for other in FIELDS if other != field]
    assert written(field, None, beliefs(fill=others)) == (False, True)


def test_a_date_that_is_known_to_the_year_becomes_exact_where_that_is_named():
    vague = person(born=PartialDate(date(1999, 1, 1), "year"))
    exact = row(born=GIVEN["born"])
    assert "born" in filling(vague, exact, beliefs(fill=["born"])).values
    assert "born" not in filling(vague, exact, beliefs(fill=["sex"])).values


@pytest.mark.parametrize("field", REPLACED)
def test_what_another_source_said_is_replaced_where_that_is_named(field):
    assert written(field, HELD[field], beliefs(overwrite=[field]), said_by="other") == (True, False)
    assert written(field, HELD[field], beliefs(fill=[field]), said_by="other") == (False, True)


@pytest.mark.parametrize("field", REPLACED)
@pytest.mark.parametrize(
    ("own", "other", "holds"), [(1, 2, True), (2, 2, True), (3, 2, False), (1, None, False)]
)
def test_of_two_sources_the_better_ranked_one_is_believed(field, own, other, holds):
    """Of a source that is not in force nothing is replaced."""
    ranks = {"own": own} | ({"other": other} if other else {})
    found = written(field, HELD[field], beliefs(ranks, overwrite=[field]), said_by="other")
    assert found == (holds, not holds)


@pytest.mark.parametrize("field", REPLACED)
@pytest.mark.parametrize("said_by", ["", "report:idpoor"])
def test_what_people_told_or_an_operator_reported_stays(field, said_by):
    assert written(field, HELD[field], beliefs(overwrite=[field]), said_by=said_by) == (False, True)


@pytest.mark.parametrize("field", REPLACED)
def test_a_source_corrects_what_it_said_itself(field):
    assert written(field, HELD[field], beliefs(fill=[field]), said_by="own") == (True, False)
    assert written(field, HELD[field], beliefs(), said_by="own") == (False, True)


@pytest.mark.parametrize("field", KEPT_IF_KNOWN)
@pytest.mark.parametrize("said_by", ["", "own", "other"])
def test_a_means_of_access_is_never_replaced(field, said_by):
    assert written(field, HELD[field], beliefs(fill=[field]), said_by=said_by) == (False, True)


def test_the_same_values_write_nothing_and_ask_nobody():
    known = person(**{name: value for name, value in HELD.items() if name != "poverty_level"})
    found = filling(known, row(**HELD), beliefs(overwrite=list(REPLACED)))
    assert (found.values, found.differences) == ({}, [])
    home = Household(poverty_level="level1")
    level = level_filling(home, 7, row(poverty_level="level1"), beliefs(overwrite=["poverty_level"]))
    assert (level.values, level.differences, level.agreeing) == ({}, [], [(7, "poverty_level")])

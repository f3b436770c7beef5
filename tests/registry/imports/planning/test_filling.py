"""What a row writes of somebody registered: where nothing is known, over what another source said, and never
over what people told. Each field that trust can name is tried, so that none is approved that does nothing."""

from datetime import date
from types import SimpleNamespace

import pytest

from dsp_platform.khmer.dates import PartialDate
from registry.imports.planning.filling import Beliefs, filling
from registry.imports.planning.levels import level_filling
from registry.imports.sources.trust import ASSESSED, FIELDS, KEPT_IF_KNOWN, REPLACED, trust_of
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
COLUMNS = {field: "date_of_birth" if field == "born" else field for field in FIELDS}
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


def said(*otherwise, **trust):
    """By a row that says these fields otherwise than before."""
    columns = {COLUMNS[field] for field in otherwise}
    return beliefs(**trust).of_row(is_of_alias=False, told_otherwise=columns)


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
    assert written(field, HELD[field], said(field, fill=[field]), said_by="own") == (True, False)
    assert written(field, HELD[field], said(field), said_by="own") == (False, True)


@pytest.mark.parametrize("field", REPLACED)
def test_what_it_says_no_otherwise_than_before_corrects_nothing(field):
    """Another row of it told what stands there, or a steward chose."""
    assert written(field, HELD[field], said(fill=[field]), said_by="own") == (False, True)


@pytest.mark.parametrize("field", REPLACED)
def test_a_reference_that_is_new_corrects_only_what_is_found_out_anew(field):
    """Under another one the source told who the person is."""
    new = beliefs(fill=[field]).of_row(is_of_alias=False, told_otherwise=None)
    is_assessed = field in ASSESSED
    assert written(field, HELD[field], new, said_by="own") == (is_assessed, not is_assessed)


def test_half_a_name_of_each_of_two_references_is_nobodys():
    known = person(**{name: HELD[name] for name in ("family_name", "given_name")})
    known.origins = {"*": "own"}
    trusted = said("family_name", fill=["family_name", "given_name"])
    both = {name: GIVEN[name] for name in ("family_name", "given_name")}
    found = filling(known, row(**both), trusted)
    assert (found.values, {one.column for one in found.differences}) == ({}, both.keys())
    found = filling(known, row(**both | {"given_name": HELD["given_name"]}), trusted)
    assert found.values == {"family_name": GIVEN["family_name"]}


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("field", COMPARED)
def test_of_an_alias_only_what_is_found_out_anew_is_written(field, held):
    """Where nothing is known, and over what the source said otherwise before; a date is always known."""
    alias = beliefs(fill=list(FIELDS)).of_row(is_of_alias=True, told_otherwise=set(COLUMNS.values()))
    is_assessed = field in ASSESSED
    held = held or field == "born"
    found = written(field, HELD[field] if held else None, alias, said_by="own")
    assert found == (is_assessed, not is_assessed)


def test_nor_is_a_date_made_exact_by_an_alias():
    vague = person(born=PartialDate(date(1999, 1, 1), "year"))
    alias = beliefs(fill=["born"]).of_row(is_of_alias=True, told_otherwise=())
    found = filling(vague, row(born=GIVEN["born"]), alias)
    assert (found.values, [one.column for one in found.differences]) == ({}, ["date_of_birth"])


def test_a_phone_is_given_only_to_whom_never_had_one():
    had = beliefs(fill=["phone"]).of_row(is_of_alias=False, told_otherwise=None, had_number=True)
    assert written("phone", None, had) == (False, True)


@pytest.mark.parametrize("field", ["phone", "disability_level", "latin_given_name"])
def test_what_people_emptied_is_not_filled(field):
    known = person()
    known.origins = {"*": "own", field: ""}
    found = filling(known, row(**{field: GIVEN[field]}), said(field, fill=[field]))
    assert (found.values, [one.column for one in found.differences]) == ({}, [field])


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

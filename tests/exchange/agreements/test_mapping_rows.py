"""The mapping of a draft is a form with rows; what the rows cannot express stays as it is."""

import json
from pathlib import Path

import pytest
from django import forms

from dsp_platform.admin.json_rows import Typed
from dsp_platform.exchange import reference
from dsp_platform.exchange.agreements.mapping_rows import sheet_of
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.mapping.codes_as_typed import as_typed, from_typed
from dsp_platform.exchange.mapping.schema import AgreementMapping
from tests.json_rows import sent, typed_anew

REFERENCE = [
    pytest.param(agreement["kind"], agreement["mapping"], id=f"{path.stem}-{agreement['kind']}")
    for path in sorted(Path(reference.__path__[0]).glob("*.json"))
    for agreement in json.loads(path.read_text())["agreements"]
]
MAPPING = {
    "table": "people",
    "key": {"field": "spid", "column": "number"},
    "version": "version",
    "withdrawn": "gone",
    "columns": {"sex": {"column": "sex", "values": {"female": 2, "male": 1}}},
}
pytestmark = pytest.mark.django_db


def rows(mapping, kind="person"):
    return sheet_of(mapping, registered.kinds[kind], ())


def changed(mapping, **typed):
    """With other cells; the names of those have ``__`` for the hyphen."""
    sheet = rows(mapping)
    return sheet.read(sent(sheet, **{name.replace("__", "-"): text for name, text in typed.items()}))


@pytest.mark.parametrize(("kind", "mapping"), REFERENCE)
def test_every_reference_operator_goes_through_the_rows_unchanged(kind, mapping):
    sheet = rows(mapping, kind)
    assert json.dumps(sheet.read(sent(sheet)), sort_keys=True) == json.dumps(mapping, sort_keys=True)


@pytest.mark.parametrize(("kind", "mapping"), REFERENCE)
def test_the_rows_can_express_every_reference_operator(kind, mapping):
    """Typed into an empty draft, it is the same to whoever delivers."""
    full = rows(mapping, kind)
    assert not [part.name for part in full.parts if part.is_inexpressible(part.spec_in(mapping))]
    empty = {"columns": {name: spec for name, spec in mapping["columns"].items() if isinstance(spec, list)}}
    same = {column: "" for column in mapping.get("constants", {})}
    made = sheet_of({**empty, "constants": same}, registered.kinds[kind], ()).read(typed_anew(full))
    want = {**mapping, "constants": mapping.get("constants", same)}
    assert AgreementMapping.model_validate(_spelled(made)) == AgreementMapping.model_validate(_spelled(want))


def _spelled(mapping):
    """``values`` of false and true are the same as ``boolean``."""
    flag = mapping["withdrawn"]
    if isinstance(flag, dict) and "values" in flag:
        codes = flag["values"]
        flag = {**flag, "boolean": [codes["false"], codes["true"]]}
        del flag["values"]
    return {**mapping, "withdrawn": flag}


def test_a_number_is_not_the_same_as_a_text_of_digits():
    made = changed(MAPPING, columns__sex__0__female="3", columns__sex__0__male='"1"')
    assert made["columns"]["sex"]["values"] == {"female": 3, "male": "1"}


def test_a_field_is_written_by_its_row():
    made = changed(
        MAPPING,
        columns__date_of_birth__0__column="dob",
        columns__date_of_birth__0__how="%d/%m/%Y",
        columns__phone__0__column="tel",
        columns__phone__0__blank='""',
        columns__studying__0__column="pupil",
        columns__studying__0__false="N",
        columns__studying__0__true="Y",
    )
    assert made["columns"] == {
        **MAPPING["columns"],
        "date_of_birth": {"column": "dob", "date_text": "%d/%m/%Y"},
        "phone": {"column": "tel", "blank": ""},
        "studying": {"column": "pupil", "boolean": ["N", "Y"]},
    }


def test_a_field_without_a_column_is_not_written():
    made = changed(MAPPING, columns__sex__0__column="", columns__sex__0__female="", columns__sex__0__male="")
    assert "columns" not in made


def test_a_field_gets_a_second_column():
    made = changed(
        MAPPING, more_0__field="sex", more_0__column="sex_again", more_1__field="phone", more_1__column="tel"
    )
    assert made["columns"] == {"sex": [MAPPING["columns"]["sex"], "sex_again"], "phone": "tel"}


def test_the_same_in_every_record_is_added():
    made = changed(MAPPING, new_constant_0__column="a", new_constant_0__value="1", new_constant_1__column="b")
    assert made["constants"] == {"a": 1, "b": None}


ODD = {
    **MAPPING,
    "columns": {
        "spid": {"column": "number_again", "values": {"1": "one"}},
        "date_of_birth": {"column": "dob", "date_text": "%j of %Y"},
        "of_old": "column",
        "sex": [{"column": "a", "values": {"": 0, "female": None}}, "b"],
    },
    "constants": {"empty": None, "one": 1},
    "removed": ["x", "y"],
    "table": ["schema", "my.table"],
    "unknown": {"x": [1]},
}


def test_what_no_row_can_express_stays_and_is_shown():
    sheet = rows(ODD)
    assert sheet.read(sent(sheet)) == ODD
    shown = {
        row["label"]: row["kept_words"] for _group, own, _open in sheet.groups(ODD, "mapping") for row in own
    }
    assert any("1: one" in words for words in shown.values())
    assert any("%j of %Y" in words for words in shown.values())


def test_what_stays_goes_with_its_tick():
    sheet = rows(ODD)
    typed = sent(sheet)
    for name in ("unknown", "columns-date_of_birth"):
        del typed[f"{name}-kept"]
    made = sheet.read(Typed({**typed, "columns-date_of_birth-0-how": "%d/%m/%Y"}))
    assert "unknown" not in made
    assert made["columns"]["date_of_birth"] == {"column": "dob", "date_text": "%d/%m/%Y"}


@pytest.mark.parametrize(
    ("typed", "row"),
    [
        ({"columns-phone-0-blank": "x"}, "columns-phone"),
        ({"columns-studying-0-column": "a", "columns-studying-0-true": "Y"}, "columns-studying"),
        (
            {"columns-date_of_birth-0-column": "a", "columns-date_of_birth-0-how": "%q"},
            "columns-date_of_birth",
        ),
        ({"withdrawn-column": ""} | {"withdrawn-true": "W"}, "withdrawn"),
        ({"more_0-column": "x"}, "more_0"),
        ({"new_constant_0-value": "x"}, "new_constant_0"),
        ({"version-name": "a\u2028b"}, "version"),
    ],
)
def test_a_mistake_stands_at_its_row(typed, row):
    sheet = rows(MAPPING)
    with pytest.raises(forms.ValidationError):
        sheet.read(sent(sheet, **typed))
    assert list(sheet.problems) == [row]


@pytest.mark.parametrize(
    "value", ["", "1", 1, -5, 0, True, False, None, "true", "null", "07", " x ", '"', "ស្រី", "-", "“a”"]
)
def test_a_code_is_read_as_it_is_shown(value):
    read = from_typed(as_typed(value))
    assert (read, type(read)) == (value, type(value))


def test_the_questions_of_the_programmes_are_not_read_for_each_field(django_assert_max_num_queries):
    sheet_of({}, None, ())  # what is read once in a process
    with django_assert_max_num_queries(7):  # of each thing asked about a kind one
        sheet_of({}, None, ())

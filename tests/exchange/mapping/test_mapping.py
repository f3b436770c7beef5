import copy
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from dsp_platform.exchange.management.commands.load_operators import REFERENCE
from dsp_platform.exchange.mapping.layout import layout_of
from dsp_platform.exchange.mapping.problems import mapping_problems
from dsp_platform.exchange.models import Agreement, Operator
from tests.exchange.conftest import FIELDS, MAPPING


def without(part: str) -> dict:
    return {name: value for name, value in MAPPING.items() if name != part}


def with_column(**columns: object) -> dict:
    changed = copy.deepcopy(MAPPING)
    changed["columns"].update(columns)
    return changed


def test_a_good_mapping_has_no_problems():
    assert mapping_problems(MAPPING, FIELDS) == []


@pytest.mark.parametrize(
    "mapping",
    [
        "text",
        {},
        *(without(part) for part in ("table", "key", "version", "withdrawn", "columns")),
        {**MAPPING, "key": {"field": "phone", "column": "phone"}},
        {**MAPPING, "withdrawn": {"column": "deleted", "boolean": [0]}},
        with_column(phone="phone"),
        with_column(sex={"column": "sex", "values": {}, "boolean": [0, 1]}),
        with_column(sex={"values": {}}),
        with_column(sex="full_name"),
        with_column(date_of_birth={"column": "birth_date", "part": "hour"}),
        {**MAPPING, "table": 5},
        {**MAPPING, "table": ["schema", ""]},
        {**MAPPING, "constants": ["DSPP"]},
        {**MAPPING, "constants": {"sex": "F"}},
        {**MAPPING, "written_at": "deleted_on"},
        {**MAPPING, "version": "spid"},
        *({**MAPPING, "key": {"field": "spid", "column": name}} for name in ([["spid"], {"a": 1}, 5, ""])),
        {**MAPPING, "key": {"field": ["spid"], "column": "spid"}},
        {**MAPPING, "key": {"field": "spid", "column": "spid", "where": "true"}},
        *({**MAPPING, part: {"column": "v"}} for part in ("version", "table", "written_at")),
        *({**MAPPING, part: ["a", {"b": 1}]} for part in ("version", "table", "written_at")),
        {**MAPPING, "constants": {"source": {"a": [1]}}},
        {**MAPPING, "constants": {"source": 1.5}},
        {**MAPPING, "constants": {"source; --": "DSPP"}},
        {**MAPPING, "constants": {"source": 10**30}},
        *({**MAPPING, "removed": gone} for gone in (5, "old", [5], ['x"'])),
        {**MAPPING, "where": "true"},
        {**MAPPING, "table": 'x"; drop table y;--'},
        {**MAPPING, "table": "a.b.c"},
        {**MAPPING, "table": "fp person"},
        {**MAPPING, "table": "ប" * 22},
        {**MAPPING, "withdrawn": {"column": "gone", "date_text": "%Y"}},
        {**MAPPING, "withdrawn": {"column": "gone", "values": {"true": 1}}},
        {**MAPPING, "withdrawn": {"column": "gone", "at": {"column": "on", "boolean": [0, 1]}}},
        {**MAPPING, "withdrawn": {"column": "gone", "at": ["on"]}},
        with_column(full_name="x" * 5000),
        with_column(full_name="x" * 64),
        with_column(full_name="ឈ" * 22),
        with_column(full_name="na\u202eme"),
        with_column(full_name="na\nme"),
        with_column(full_name="name."),
        with_column(full_name=[]),
        with_column(full_name=[["name"]]),
        with_column(sex={"column": "sex", "values": {"male": ["M"]}}),
        with_column(sex={"column": "sex", "boolean": [0, {"a": 1}]}),
        with_column(sex={"column": "sex", "blank": []}),
        with_column(sex={"column": "sex", "note": "x"}),
        *(
            with_column(date_of_birth={"column": "born", "date_text": form})
            for form in ("%Y%s\0", "%s", "%Y%", "%c", "", "born", "%d" * 41, "%d\u202e", 5, ["%d"])
        ),
    ],
)
def test_a_bad_mapping_is_told(mapping):
    assert mapping_problems(mapping, FIELDS)


@pytest.mark.parametrize(
    "mapping",
    [
        with_column(full_name="ឈ្មោះ"),
        with_column(full_name="name.km"),
        with_column(full_name="x" * 63),
        with_column(date_of_birth={"column": "born", "date_text": "ថ្ងៃ %d-%b-%y"}),
        {**MAPPING, "table": ["own", "my.table"], "removed": ["old"], "written_at": None},
    ],
)
def test_what_an_operator_may_call_its_own(mapping):
    assert mapping_problems(mapping, FIELDS) == []


@pytest.mark.parametrize("path", sorted(REFERENCE.glob("*.json")), ids=lambda path: path.stem)
def test_the_mappings_of_the_reference_operators_are_sound(path):
    for agreement in json.loads(path.read_text())["agreements"]:
        assert mapping_problems(agreement["mapping"], agreement["fields"]) == []


@pytest.mark.parametrize("junk", [[], {}, 0, 5, 1.5, True, None, "", "a b", [[]], [{}], {"column": []}])
@pytest.mark.parametrize("part", [*MAPPING, "constants", "removed", "written_at"])
def test_no_part_crashes_and_what_passes_can_be_compiled(part, junk):
    mapping = {**MAPPING, part: junk}
    if not mapping_problems(mapping, FIELDS):
        layout_of(mapping)


def test_an_agreement_is_not_clean_with_a_bad_mapping():
    with pytest.raises(ValidationError):
        Agreement(fields=FIELDS, mapping=without("version"), basis="consent").clean()


def test_a_law_must_be_named():
    with pytest.raises(ValidationError):
        Agreement(fields=FIELDS, mapping=MAPPING, basis="law").clean()


def test_values_are_written_the_operators_way():
    layout = layout_of(
        {
            **without("columns"),
            "columns": {
                "sex": {"column": "g", "values": {"female": 2, "male": 1}},
                "date_of_birth": [
                    {"column": "dob", "date_text": "%d/%m/%Y"},
                    {"column": "yob", "part": "year"},
                ],
                "pregnant": {"column": "p", "boolean": ["N", "Y"]},
            },
            "constants": {"source": "DSPP"},
        }
    )
    values = {"spid": "1", "sex": "male", "date_of_birth": "1980-02-09", "pregnant": None}
    assert layout.record_row(3, values) == ["1", 3, False, None, 1, "09/02/1980", 1980, None, "DSPP"]


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("%d/%m/%Y", "09/02/1980"),
        ("%Y%m%d", "19800209"),
        ("%Y", "1980"),
        ("%d %%{0}", "09 %{0}"),
        ("%y", "80"),
    ],
)
def test_a_date_is_written_as_python_would(form, written):
    column = {"column": "dob", "date_text": form}
    layout = layout_of({**MAPPING, "columns": {"date_of_birth": column}})
    assert layout.record_row(1, {"spid": "1", "date_of_birth": "1980-02-09"})[-1] == written
    assert layout.record_row(1, {"spid": "1", "date_of_birth": None})[-1] is None


@pytest.mark.parametrize(
    ("value", "code"),
    [("female", 2), ("", 9), (None, 9), (True, 1), (False, 0), (1, "one")],
)
def test_a_word_finds_its_code_whatever_type_it_has(value, code):
    codes = {"female": 2, "": 9, "true": 1, "false": 0, "1": "one"}
    layout = layout_of({**MAPPING, "columns": {"sex": {"column": "sex", "values": codes}}})
    assert layout.record_row(1, {"spid": "1", "sex": value})[-1] == code


def test_operators_can_be_loaded_again_and_again(db):
    call_command("load_operators", verbosity=0)
    first = list(Agreement.objects.order_by("pk").values_list("pk", flat=True))
    call_command("load_operators", verbosity=0)
    assert list(Agreement.objects.order_by("pk").values_list("pk", flat=True)) == first
    assert Operator.objects.count() == 7
    assert Agreement.objects.filter(state="approved", basis="consent").count() == len(first) == 13

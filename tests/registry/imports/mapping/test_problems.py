"""A mapping that cannot be used is refused in sentences that name the place."""

from copy import deepcopy

import pytest
from django.utils import translation

from registry.imports.mapping.problems import mapping_of, mapping_problems
from tests.registry.imports.cast import DARA, MAPPING


def changed(path, value):
    """``None`` takes the part away."""
    mapping = deepcopy(MAPPING)
    *around, last = path.split(".")
    inner = mapping
    for name in around:
        inner = inner[name]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return mapping


def test_a_mapping_that_can_be_used_has_no_problem():
    assert mapping_problems(MAPPING) == []
    assert set(mapping_of(MAPPING).column_names) == set(DARA)


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ([], "The mapping must be a JSON object."),
        ({}, "The mapping lacks “columns”."),
        (changed("columns.born", None), "The mapping lacks “columns.born”."),
        (changed("columns.village", None), "The mapping lacks “columns.village”."),
        (
            changed("columns.sex", None),
            "Name the column of the sex, or choose it under “The same in every row”.",
        ),
        (changed("columns.age", "AGE"), "The mapping has no part “columns.age”."),
        (changed("columns.name", "NAME"), "A name stands in one column or in two, not both."),
        (
            changed("columns.village", {"commune": "C"}),
            "The village needs the column of its code or of its name.",
        ),
        (
            changed("columns.born", {"column": "D", "order": "year_first"}),
            "“columns.born.order” cannot be read.",
        ),
        (
            changed("columns.born", {"year": "Y", "months": "M"}),
            "The mapping has no part “columns.born.months”.",
        ),
        (
            changed("columns.sex", {"column": "S", "values": {"1": "man"}}),
            "“columns.sex.values.1”: the registry has no value “man”.",
        ),
        (
            changed("columns.documents", [{"type": "id", "column": "NID"}]),
            "“columns.documents.0.type”: the registry has no value “id”.",
        ),
        (changed("constants", {"sex": "man"}), "“constants.sex”: the registry has no value “man”."),
    ],
)
def test_a_problem_names_its_place(mapping, problem):
    with translation.override("en"):
        assert mapping_problems(mapping) == [problem]


def test_no_name_at_all_is_a_problem():
    mapping = deepcopy(MAPPING)
    for name in ("family_name", "given_name", "latin_name"):
        del mapping["columns"][name]
    with translation.override("en"):
        assert mapping_problems(mapping) == ["The columns name no name of a person."]

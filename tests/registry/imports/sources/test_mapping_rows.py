"""The mapping of a source is a form with rows; what the rows cannot express stays as it is."""

import json

import pytest

from registry.imports.mapping.problems import mapping_of
from registry.imports.sources.mapping_rows import sheet_of
from registry.imports.sources.services import seeds
from tests.json_rows import sent, typed_anew
from tests.registry.imports.cast import MAPPING

EXAMPLES = [
    *(pytest.param(entry["mapping"], id=entry["code"]) for entry in seeds()),
    pytest.param(MAPPING, id="cast"),
]


@pytest.mark.parametrize("mapping", EXAMPLES)
def test_every_example_goes_through_the_rows_unchanged(mapping):
    sheet = sheet_of(mapping)
    assert json.dumps(sheet.read(sent(sheet)), sort_keys=True) == json.dumps(mapping, sort_keys=True)


@pytest.mark.parametrize("mapping", EXAMPLES)
def test_every_example_can_be_typed_into_an_empty_draft(mapping):
    assert mapping_of(sheet_of({}).read(typed_anew(sheet_of(mapping)))) == mapping_of(mapping)

"""Refused rows as a file that a spreadsheet opens, in which nothing is run."""

import csv
import io

import pytest
from django.utils import translation

from registry.imports.runs.refused_rows import harmless, lines_of
from tests.registry.imports.runs.conftest import HEADINGS, compared, row, sophea


def test_each_row_stands_there_as_it_came_with_its_reasons(source, steward):
    run = compared(source, [sophea(), row("2", born="31/02/2001", phone="=1+1")], steward)
    with translation.override("en"):
        text = "".join(lines_of(run))
    assert text.startswith("\ufeff")
    headings, refused = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert headings == ["Row", "Why it is refused", *HEADINGS]
    assert (refused[0], refused[HEADINGS.index("phone") + 2]) == ("3", "'=1+1")
    assert "date of birth" in refused[1]


def test_a_semicolon_begins_no_cell_where_spreadsheets_separate_by_it(source, steward):
    run = compared(source, [sophea(), row("2", born="31/02/2001", phone="x;=1+1;")], steward)
    text = "".join(lines_of(run)).removeprefix("\ufeff")
    for line in csv.reader(io.StringIO(text), delimiter=";"):
        assert not any(cell.startswith("=") for cell in line)
    assert '"x;\'=1+1;"' in text


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_no_cell_is_run(start):
    assert harmless(f"{start}cmd") == f"'{start}cmd"


def test_other_cells_stay():
    assert harmless("សុខ") == "សុខ"

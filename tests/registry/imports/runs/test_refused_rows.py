"""Refused rows as a file that a spreadsheet opens, in which nothing is run."""

import csv
import io

import pytest
from django.utils import translation
from django.utils.translation import gettext
from python_calamine import load_workbook

from registry.imports.runs import services
from registry.imports.runs.refused_rows import FILES, csv_of, harmless, xlsx_of
from tests.registry.imports.runs.conftest import HEADINGS, compared, row, sophea, work


@pytest.fixture
def run(source, steward):
    return compared(source, [sophea(), row("2", born="31/02/2001", phone="=1+1")], steward)


def test_each_row_stands_there_as_it_came_with_its_reasons(run):
    text = b"".join(csv_of(run, "en")).decode()
    assert text.startswith("\ufeff")
    headings, refused = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert headings == ["Row", "Why it is refused", *HEADINGS]
    assert (refused[0], refused[HEADINGS.index("phone") + 2]) == ("3", "'=1+1")
    assert "date of birth" in refused[1]


def test_as_a_workbook_each_cell_is_exactly_what_it_was(run):
    book = load_workbook(io.BytesIO(b"".join(xlsx_of(run, "en"))))
    headings, refused = book.get_sheet_by_index(0).to_python()
    assert headings == ["Row", "Why it is refused", *HEADINGS]
    assert (refused[0], refused[HEADINGS.index("phone") + 2]) == (3, "=1+1")
    assert refused[HEADINGS.index("family_name") + 2] == "សុខ"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_is_in_the_language_of_the_reader_whenever_it_is_sent(run, kind):
    with translation.override("en"):
        found = b"".join(FILES[kind](run, "km"))
    if kind == "xlsx":
        (headings, *_rows) = load_workbook(io.BytesIO(found)).get_sheet_by_index(0).to_python()
        found = headings[1].encode()
    with translation.override("km"):
        assert gettext("Why it is refused").encode() in found


def test_a_corrected_workbook_is_read_again(run, source, steward):
    again = services.upload(source=source, file_name="r.xlsx", pieces=xlsx_of(run, "km"), actor=steward)
    work(again)
    assert again.outcomes == {"refused": 1}


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_no_cell_is_run(start):
    assert harmless(f"{start}cmd") == f"'{start}cmd"


def test_other_cells_stay():
    assert harmless("សុខ") == "សុខ"

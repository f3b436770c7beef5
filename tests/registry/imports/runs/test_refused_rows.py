"""Refused rows as a file that a spreadsheet opens, in which nothing is run."""

import csv
import io

import pytest
from django.utils import translation
from django.utils.translation import gettext
from python_calamine import load_workbook

from registry.imports.runs import services
from registry.imports.runs.refused_rows import FILES, csv_of, harmless, xlsx_of
from registry.models import ImportSource
from tests.registry.imports.conftest import HEADINGS, compared, row, sophea, work
from tests.roles import as_owner


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


def test_a_semicolon_begins_no_cell_where_spreadsheets_separate_by_it(source, steward):
    run = compared(source, [sophea(), row("2", born="31/02/2001", phone="x;=1+1;")], steward)
    text = b"".join(csv_of(run, "en")).decode().removeprefix("\ufeff")
    for line in csv.reader(io.StringIO(text), delimiter=";"):
        assert not any(cell.startswith("=") for cell in line)
    assert '"x;\'=1+1;"' in text


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


def test_one_that_was_refused_when_it_was_compared_stands_there_as_it_was_understood(source, steward):
    again = sophea(given_name="ម៉ាលី", born="1971-05", phone="012 345 678", relationship="")
    run = compared(source, [sophea(), again], steward)
    _headings, refused = csv.reader(io.StringIO(b"".join(csv_of(run, "en")).decode()))
    told = dict(zip(HEADINGS, refused[2:], strict=True))
    assert told == {
        **again, "phone": "'+85512345678", "household": "H1", "card": "012345678", "poverty_level": "",
        "member_number": "", "since": "",
    }  # fmt: skip


NAMED_OTHERWISE = {
    "name": {"column": "family_name", "order": "given_first"},
    "born": {"year": "relationship", "month": "given_name"},
    "village": {"code": "village"},
    "sex": "sex",
    "reference": "reference",
}


def test_so_are_names_and_dates_in_other_columns(source, steward):
    with as_owner():
        ImportSource.objects.filter(pk=source.pk).update(mapping={"columns": NAMED_OTHERWISE})
    source.refresh_from_db()
    rows = [row("1", family_name=name, relationship="1990", given_name="5") for name in ("ដារ៉ា សុខ", "ម៉ាលី សុខ")]
    run = compared(source, rows, steward)
    (_headings, refused) = (
        load_workbook(io.BytesIO(b"".join(xlsx_of(run, "en")))).get_sheet_by_index(0).to_python()
    )
    told = dict(zip(HEADINGS, refused[2:], strict=False))
    assert [told[name] for name in ("family_name", "relationship", "given_name")] == ["ម៉ាលី សុខ", "1990", "05"]


def test_a_corrected_workbook_is_read_again(run, source, steward):
    again = services.upload(source=source, file_name="r.xlsx", pieces=xlsx_of(run, "km"), actor=steward)
    work(again)
    assert again.outcomes == {"refused": 1}


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_no_cell_is_run(start):
    assert harmless(f"{start}cmd") == f"'{start}cmd"


def test_other_cells_stay():
    assert harmless("សុខ") == "សុខ"

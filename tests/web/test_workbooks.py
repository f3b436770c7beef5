"""A workbook is written piece by piece, and every cell of it is a text."""

import io
import re
import zipfile

import pytest
from python_calamine import load_workbook

from dsp_platform.web import workbooks
from dsp_platform.web.workbooks import workbook


def written(rows, headings=("Row", "ឈ្មោះ"), sheet="Refused"):
    return io.BytesIO(b"".join(workbook(headings, rows, sheet=sheet)))


def read(file, sheet=0):
    file.seek(0)
    return load_workbook(file).get_sheet_by_index(sheet).to_python()


def test_rows_are_read_as_they_were_written():
    rows = [[2, "សុខ ដារា"], [3, ' <a & "b"> '], [4, "two\nlines"], [5, ""]]
    assert read(written(rows)) == [["Row", "ឈ្មោះ"], *rows]


@pytest.mark.parametrize("start", list("=+-@\t\r＝＋－＠"))
def test_no_cell_is_a_formula_nor_becomes_one_when_it_is_edited(start):
    with zipfile.ZipFile(written([[2, f"{start}cmd|'/c calc'!A1"]])) as archive:
        sheet, styles = (
            archive.read("xl/worksheets/sheet1.xml").decode(),
            archive.read("xl/styles.xml").decode(),
        )
    assert "<f" not in sheet
    (style,) = re.findall(r'<c s="(\d)" t="inlineStr"><is><t xml:space="preserve">[^<]*cmd', sheet)
    of_cells = re.search("<cellXfs.*</cellXfs>", styles)
    own = re.findall("<xf.*?/>", of_cells[0])[int(style)]
    assert 'numFmtId="49"' in own
    assert 'quotePrefix="1"' in own


def test_signs_that_no_workbook_can_hold_break_nothing():
    (_headings, row) = read(written([[2, "a\x00b\x1f\ud800\uffff"]]))
    assert row[1].startswith("a")


def test_without_rows_it_has_its_headings():
    assert read(written([])) == [["Row", "ឈ្មោះ"]]


def test_more_rows_than_a_sheet_has_stand_on_the_next_one(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    file = written([[2, "a"], [3, "b"], [4, "c"]])
    assert load_workbook(file).sheet_names == ["Refused 1", "Refused 2"]
    assert (read(file), read(file, 1)) == (
        [["Row", "ឈ្មោះ"], [2, "a"], [3, "b"]],
        [["Row", "ឈ្មោះ"], [4, "c"]],
    )


def test_it_is_sent_while_it_is_written(monkeypatch):
    """The first piece is there before the second row is asked for."""
    monkeypatch.setattr(workbooks, "PIECE", 1)
    asked = []

    def rows():
        for number in range(9):
            asked.append(number)
            yield [number, "ក"]

    next(workbook(["Row", "ឈ្មោះ"], rows(), sheet="Refused"))
    assert len(asked) < 9

"""Workbooks, those that mean harm too."""

import zipfile
from datetime import date, datetime

import pytest

from registry.imports.reading import workbook as reader
from registry.imports.reading.opening import open_sheet
from registry.imports.reading.sheet import Unreadable
from tests.registry.imports.reading.files import HEADINGS, ROWS, ods, repacked, table, workbook
from tests.registry.imports.reading.test_delimited import cells, read, refusal

ENCRYPTED = (
    bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000) + "EncryptedPackage".encode("utf-16-le") + bytes(100)
)


def test_a_workbook_is_read_with_the_rows_as_it_numbers_them(tmp_path):
    columns, rows, notes = read(workbook(tmp_path, table(row=4, column=2)))
    assert (columns, cells(rows)) == (HEADINGS, ROWS)
    assert [row.number for row in rows] == [6, 7]
    assert notes["headings"] == {"row": 5}
    assert notes["workbook"] == {"kind": "XLSX", "sheet": "Sheet 1", "number": 1}


def test_the_first_sheet_that_has_anything_is_read_or_the_one_that_is_named(tmp_path):
    other = table(rows=[["P9", "កែវ", "ស្រី"]])
    path = workbook(tmp_path, lambda _book, _sheet: None, table(), other)
    assert cells(read(path)[1]) == ROWS
    assert cells(read(path, sheet="sheet 3")[1]) == [["P9", "កែវ", "ស្រី"]]


def cover(_book, sheet):
    sheet.write(0, 0, "Members of 2026")
    sheet.write(3, 0, "Prepared by the department")


def test_behind_a_cover_the_first_sheet_with_the_headings_is_read(tmp_path):
    path = workbook(tmp_path, cover, lambda _book, _sheet: None, table(), table(rows=[["P9", "x", "y"]]))
    columns, rows, notes = read(path, wanted=HEADINGS)
    assert (columns, cells(rows), notes["workbook"]["sheet"]) == (HEADINGS, ROWS, "Sheet 3")


def labels(_book, sheet):
    """Of what the list is: some of the headings, beside values."""
    for row, told in enumerate([["ភេទ", "all"], ["ID", "2026-11"]]):
        sheet.write_row(row, 0, told)


def test_a_cover_on_which_words_of_the_headings_stand_is_not_the_list(tmp_path):
    columns, rows, _notes = read(workbook(tmp_path, labels, table()), wanted=HEADINGS)
    assert (columns, cells(rows)) == (HEADINGS, ROWS)


@pytest.mark.parametrize("sheets", [[labels], [labels, cover, table(headings=["ID", "ឈ្មោះ", "Sex"])]])
def test_where_no_sheet_has_all_headings_that_with_the_most_is_read(tmp_path, sheets):
    columns, _rows, notes = read(workbook(tmp_path, *sheets), wanted=HEADINGS)
    assert notes["workbook"]["sheet"] == f"Sheet {len(sheets)}"
    assert "ID" in columns or "ភេទ" in columns


def test_where_no_sheet_has_the_headings_those_that_were_looked_at_are_named(tmp_path):
    with pytest.raises(Unreadable) as refused:
        read(workbook(tmp_path, cover, cover), wanted=HEADINGS)
    assert (refused.value.code, refused.value.params) == (
        "no_headings_in_sheets", {"sheets": "Sheet 1, Sheet 2"},
    )  # fmt: skip


def test_a_row_whose_last_cells_are_empty_is_not_short(tmp_path):
    _columns, rows, _notes = read(workbook(tmp_path, table(rows=[["P1", "a", "b"], ["P2", "c"]])))
    assert [(list(row.cells), list(row.findings)) for row in rows][1] == (["P2", "c", ""], [])


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    with pytest.raises(Unreadable) as refused:
        read(workbook(tmp_path, table()), sheet="Members")
    assert (refused.value.code, refused.value.params["sheets"]) == ("sheet_missing", "Sheet 1")


def test_dates_and_numbers_are_written_as_text(tmp_path):
    def write(book, sheet):
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["DOB", "AT", "SERIAL", "CODE", "SHARE", "YES"])
        sheet.write_datetime(1, 0, date(1990, 5, 20), day)
        sheet.write_datetime(1, 1, datetime.fromisoformat("1990-05-20 07:30"), day)
        sheet.write_number(1, 2, 33013)
        sheet.write_number(1, 3, 1020101)
        sheet.write_number(1, 4, 0.25)
        sheet.write_boolean(1, 5, True)

    assert cells(read(workbook(tmp_path, write))[1]) == [
        [date(1990, 5, 20).isoformat(), "1990-05-20 07:30:00", "33013", "1020101", "0.25", "TRUE"]
    ]


def merged(top, bottom, column=0, text="H1"):
    """Headings of two lines, two households of two and one merged cell over some of their rows."""

    def write(book, sheet):
        sheet.merge_range(0, 0, 1, 0, "HH", book.add_format())
        sheet.merge_range(0, 1, 0, 2, "Person", book.add_format())
        sheet.write_row(1, 1, ["ID", "NAME"])
        for at, row in enumerate([["H1", "P1", "a"], ["", "P2", "b"], ["H2", "P3", "c"], ["", "P4", ""]], 2):
            sheet.write_row(at, 0, row)
        sheet.merge_range(top, column, bottom, column, text, book.add_format())

    return write


@pytest.mark.parametrize(
    ("write", "found"),
    [
        (merged(2, 3), ["H1", "H1", "H2", ""]),
        (merged(2, 4), ["H1", "H1", "H1", ""]),
        (merged(4, 5, text="H2"), ["H1", "", "H2", "H2"]),
        (merged(2, 3, column=2), ["H1", "", "H2", ""]),
    ],
)
def test_a_merged_cell_is_read_in_each_row_that_it_covers(tmp_path, write, found):
    _columns, rows, notes = read(workbook(tmp_path, write), wanted=["HH", "ID", "NAME"])
    assert [row.cells[0] for row in rows] == found
    assert notes["merged"] == {"number": 1}


def test_of_headings_in_two_lines_either_may_have_more_of_them(tmp_path):
    def write(_book, sheet):
        sheet.write_row(0, 0, ["ID", "Person", ""])
        sheet.write_row(1, 0, ["", *HEADINGS[1:]])
        for at, row in enumerate(ROWS, 2):
            sheet.write_row(at, 0, row)

    columns, rows, _notes = read(workbook(tmp_path, write), wanted=HEADINGS)
    assert (columns, cells(rows)) == (HEADINGS, ROWS)


def test_merged_headings_and_titles_are_no_values(tmp_path):
    def write(book, sheet):
        sheet.merge_range(0, 0, 1, 2, "List of 2026", book.add_format())
        sheet.merge_range(2, 0, 3, 0, HEADINGS[0], book.add_format())
        sheet.write_row(2, 1, HEADINGS[1:])
        for at, row in enumerate(ROWS, 4):
            sheet.write_row(at, 0, row)

    columns, rows, notes = read(workbook(tmp_path, write), wanted=HEADINGS)
    assert (columns, cells(rows)) == (HEADINGS, ROWS)
    assert "merged" not in notes


def test_formulas_are_read_as_what_they_showed_and_counted(tmp_path):
    def write(_book, sheet):
        sheet.write_row(0, 0, ["ID", "NAME"])
        sheet.write_formula(1, 0, '="P"&1', None, "P1")
        sheet.write(1, 1, "Sok")

    _columns, rows, notes = read(workbook(tmp_path, write))
    assert cells(rows) == [["P1", "Sok"]]
    assert notes["formulas"] == {"number": 1}


def test_macros_are_told_and_not_run(tmp_path):
    path = repacked(workbook(tmp_path, table()), xl__vbaProject_bin=b"\0" * 100)
    _columns, rows, notes = read(path)
    assert cells(rows) == ROWS
    assert "macros" in notes


def with_font(name, row, column):
    def write(book, sheet):
        table()(book, sheet)
        sheet.write(row, column, "suxdara", book.add_format({"font_name": name}))

    return write


@pytest.mark.parametrize("font", ["Limon S1", "ABC-TEXT-05"])
def test_names_in_an_old_font_are_refused_by_its_name_with_their_number(tmp_path, font):
    with pytest.raises(Unreadable) as refused:
        read(workbook(tmp_path, with_font(font, 1, 1)))
    assert refused.value.code == "old_font"
    assert refused.value.params == {"font": font, "number": 1}


def test_an_old_font_does_no_harm_in_a_heading_or_a_column_that_nobody_reads(tmp_path):
    assert read(workbook(tmp_path, with_font("Limon S1", 0, 1)), wanted=["ID"])
    assert read(workbook(tmp_path, with_font("Limon S1", 1, 1)), wanted=["ID"])


def test_an_old_font_of_a_part_of_a_text_is_told(tmp_path):
    def write(book, sheet):
        table()(book, sheet)
        old = book.add_format({"font_name": "Limon R1"})
        sheet.write_rich_string(3, 0, "P3", old, "suxdara")

    assert read(workbook(tmp_path, write))[2]["old_font_named"] == {"font": "Limon R1"}


def test_one_cell_far_away_takes_no_memory(tmp_path):
    def write(book, sheet):
        table()(book, sheet)
        sheet.write(1_048_575, 16_383, "x")

    path = workbook(tmp_path, write)
    assert path.stat().st_size < 10_000
    _columns, rows, _notes = read(path)
    assert [row.number for row in rows] == [2, 3, 1_048_576]
    assert [finding.code for finding in rows[2].findings] == ["row_long"]


def sheet_of(rows):
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>"


def test_a_far_column_in_every_row_takes_too_much_memory(tmp_path):
    row = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="XFD{0}"><v>1</v></c></row>'
    rows = "".join(row.format(number) for number in range(1, 20_000))
    path = repacked(workbook(tmp_path, table()), xl__worksheets__sheet1_xml=sheet_of(rows))
    assert refusal(path) == "too_much_memory"


def test_a_row_without_end_takes_too_much_memory(tmp_path):
    cells_of_row = '<c r="A1"><v>1</v></c>' * 1_600_000
    path = repacked(workbook(tmp_path, table()), xl__worksheets__sheet1_xml=sheet_of(f"<row>{cells_of_row}"))
    assert refusal(path) == "too_much_memory"


def test_a_sheet_of_several_slices_is_read_as_one(tmp_path):
    """Texts, numbers and rows in every slice, a gap of rows, and texts with rows and cells in them."""
    names = [["P", f"សុខ <v>1</v></row> {number % 700}", number] for number in range(30_000)]

    def write(_book, sheet):
        sheet.write_row(0, 1, ["ID", "NAME", "N"])
        for number, cells_of_row in enumerate(names, 1):
            sheet.write_row(number + 5_000 * (number > 15_000), 1, cells_of_row)

    columns, rows, _notes = read(workbook(tmp_path, write))
    assert columns == ["ID", "NAME", "N"]
    assert cells(rows) == [[one, name, str(number)] for one, name, number in names]
    assert [rows[0].number, rows[14_999].number, rows[15_000].number] == [2, 15_001, 20_002]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t = "s"><v>0</v></c>',
        '<c r="A1" t="s"><v> 0</v></c>',
        '<c r="A1" t="s"><!-- c --><v>0</v></c>',
    ],
)
def test_a_text_that_is_not_found_is_no_other_text(tmp_path, cell):
    sheet = sheet_of(f'<row r="1"><c r="B1" t="s"><v>3</v></c>{cell}</row>')
    assert refusal(repacked(workbook(tmp_path, table()), xl__worksheets__sheet1_xml=sheet)) == "damaged"


def test_rows_without_numbers_and_names_with_a_prefix_are_read(tmp_path):
    row = '<x:row><x:c t="s">\n <x:v>0</x:v></x:c><x:c t="str"><x:f>A1</x:f><x:v>{}</x:v></x:c></x:row>'
    body = "".join(row.format(f"Sok {number}") for number in range(30_000))
    sheet = f"<x:worksheet><x:sheetData>{body}</x:sheetData></x:worksheet>"
    _columns, rows, _notes = read(repacked(workbook(tmp_path, table()), xl__worksheets__sheet1_xml=sheet))
    assert [(rows[at].number, rows[at].cells) for at in (0, 29_998)] == [
        (2, ["ID", "Sok 1"]),
        (30_000, ["ID", "Sok 29999"]),
    ]


def test_a_bomb_is_refused_before_it_is_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "UNPACKED_MB", 1)
    path = repacked(workbook(tmp_path, table()), xl__media__zeros_bin=bytes(2 << 20))
    assert path.stat().st_size < 20_000
    assert refusal(path) == "too_large_unpacked"


def test_entities_of_xml_are_refused(tmp_path):
    styles = (
        '<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><styleSheet><fonts>&b;</fonts></styleSheet>'
    )
    assert refusal(repacked(workbook(tmp_path, table()), xl__styles_xml=styles)) == "damaged"


def test_a_reader_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "SILENT_SECONDS", 0.01)
    assert refusal(workbook(tmp_path, table())) == "too_much_time"


def test_a_workbook_cut_short_is_damaged(tmp_path):
    path = workbook(tmp_path, table(rows=ROWS * 500))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(path) == "damaged"


def test_a_sheet_that_is_no_xml_is_damaged(tmp_path):
    assert (
        refusal(
            repacked(workbook(tmp_path, table()), xl__worksheets__sheet1_xml="<worksheet><sheetData><row")
        )
        == "damaged"
    )


@pytest.mark.parametrize("name", ["members.xlsx", "members.xls"])
def test_a_password_is_told(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(ENCRYPTED)
    assert refusal(path) == "password"


def test_a_document_of_office_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "letter.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    assert refusal(path) == "not_a_table"


def test_a_binary_workbook_is_refused_by_its_name(tmp_path):
    assert refusal(repacked(workbook(tmp_path, table()), xl__workbook_bin=b"\0")) == "binary_workbook"


def test_an_empty_workbook_has_no_table(tmp_path):
    assert refusal(workbook(tmp_path, lambda _book, _sheet: None)) == "empty"


ODS_SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
  xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Members">
<table:table-row><table:table-cell office:value-type="string"><text:p>ID</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>DOB</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>P1</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="1990-05-20"><text:p>20/05/90</text:p>
</table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>""".replace("\n", "")


def test_a_workbook_of_libreoffice_is_read(tmp_path):
    _columns, rows, notes = read(ods(tmp_path, ODS_SHEET))
    assert cells(rows) == [["P1", "1990-05-20"]]
    assert notes["workbook"]["kind"] == "ODS"


def test_a_protected_workbook_of_libreoffice_is_refused(tmp_path):
    assert refusal(ods(tmp_path, ODS_SHEET, "<manifest:encryption-data/>")) == "password"


def test_the_reader_knows_no_secret(tmp_path, monkeypatch):
    """Its environment is empty: whoever takes it over finds no key and no address of a database."""
    seen = {}
    started = reader.subprocess.Popen

    def watched(command, **options):
        seen.update(options["env"])
        return started(command, **options)

    monkeypatch.setattr(reader.subprocess, "Popen", watched)
    read(workbook(tmp_path, table()))
    assert set(seen) == {"PATH", "PYTHONUTF8"}


def test_a_reader_that_is_not_needed_any_more_is_ended(tmp_path):
    with reader.open_workbook(workbook(tmp_path, table(rows=ROWS * 2000)), wanted=(), sheet="") as opened:
        next(opened.rows)
    with pytest.raises(ValueError, match="closed"):
        list(opened.rows)


def test_about_how_many_rows_there_are_is_told_before_they_are_read(tmp_path):
    with open_sheet(workbook(tmp_path, table())) as opened:
        assert opened.expected == len(ROWS) + 1

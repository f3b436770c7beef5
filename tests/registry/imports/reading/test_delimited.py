"""Text files as people save them."""

import pytest

from registry.imports.reading import delimited
from registry.imports.reading.opening import open_sheet
from registry.imports.reading.sheet import LONGEST, Unreadable
from tests.registry.imports.reading.files import HEADINGS, ROWS, joined, text_file


def read(path, wanted=(), sheet=""):
    """Columns, rows and notes by code."""
    with open_sheet(path, wanted=wanted, sheet=sheet) as opened:
        rows = list(opened.rows)
        return list(opened.columns), rows, {note.code: note.params for note in opened.notes}


def cells(rows):
    return [list(row.cells) for row in rows]


def refusal(path, wanted=()):
    with pytest.raises(Unreadable) as refused:
        read(path, wanted)
    assert refused.value.words
    return refused.value.code


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_khmer_is_read_in_every_encoding_and_with_every_separator(tmp_path, encoding, label, separator):
    columns, rows, notes = read(text_file(tmp_path, joined(separator), encoding))
    assert (columns, cells(rows)) == (HEADINGS, ROWS)
    assert notes["text"] == {"encoding": label, "separator": "tab" if separator == "\t" else separator}


def test_latin_names_of_windows_are_read_and_their_encoding_is_told(tmp_path):
    lines = "".join(f"P{number},Hélène Müller,née à Genève\r\n" for number in range(40))
    _columns, rows, notes = read(text_file(tmp_path, f"ID,NAME,NOTE\r\n{lines}", "cp1252"))
    assert rows[0].cells == ["P0", "Hélène Müller", "née à Genève"]
    assert notes["text"]["encoding"] == "Windows-1252"


def test_khmer_with_a_broken_byte_stays_khmer_and_the_loss_is_told(tmp_path):
    path = tmp_path / "broken.csv"
    path.write_bytes(joined().encode().replace("ប្រុស".encode(), "ប្រុស".encode()[:-1]))
    _columns, rows, notes = read(path)
    assert rows[0].cells[1] == "សុខ ដារា"
    assert "\ufffd" in rows[0].cells[2]
    assert "characters_lost" in notes


def test_quoted_cells_keep_separators_quotes_and_line_breaks(tmp_path):
    text = 'ID,NAME\r\nP1,"Sok, ""Dara""\nof Ou Thum"\r\nP2,Keo\r\n'
    _columns, rows, _notes = read(text_file(tmp_path, text))
    assert cells(rows) == [["P1", 'Sok, "Dara"\nof Ou Thum'], ["P2", "Keo"]]
    assert [row.number for row in rows] == [2, 3]


def test_empty_lines_keep_the_numbers_of_the_others(tmp_path):
    _columns, rows, _notes = read(text_file(tmp_path, "ID,NAME\n\nP1,Sok\n,\n\nP2,Keo\n"))
    assert [(row.number, row.cells[0]) for row in rows] == [(3, "P1"), (6, "P2")]


def test_a_row_too_long_is_refused_and_one_too_short_is_noted(tmp_path):
    _columns, rows, _notes = read(text_file(tmp_path, "ID,NAME,SEX\nP1,Sok,M,\nP2,Sok,Dara,M\nP3,Keo\n"))
    assert cells(rows) == [["P1", "Sok", "M"], ["P2", "Sok", "Dara"], ["P3", "Keo", ""]]
    assert [[finding.code for finding in row.findings] for row in rows] == [[], ["row_long"], ["row_short"]]


def test_the_headings_are_found_below_a_title(tmp_path):
    text = "ព្រះរាជាណាចក្រកម្ពុជា,,\nLIST,of,members\n\nID,ឈ្មោះ,ភេទ\nP1,សុខ,ស្រី\n"
    columns, rows, notes = read(text_file(tmp_path, text), wanted=["id", "ភេទ"])
    assert (columns, rows[0].number, notes["headings"]) == (HEADINGS, 5, {"row": 4})


def test_the_separator_is_that_which_finds_the_headings(tmp_path):
    text = "ID;NAME, GIVEN;SEX\nP1;Sok, Dara;M\nP2;Keo, Maly;F\n"
    columns, _rows, _notes = read(text_file(tmp_path, text), wanted=["ID", "SEX"])
    assert columns == ["ID", "NAME, GIVEN", "SEX"]


def test_the_line_in_which_excel_names_the_separator_is_no_row(tmp_path):
    columns, rows, _notes = read(text_file(tmp_path, "sep=;\nID;NAME\nP1;Sok\n"))
    assert (columns, cells(rows)) == (["ID", "NAME"], [["P1", "Sok"]])


def test_zero_bytes_are_dropped(tmp_path):
    _columns, rows, _notes = read(text_file(tmp_path, "ID,NAME\nP1,S\0ok\n"))
    assert rows[0].cells == ["P1", "Sok"]


def test_headings_that_are_equal_are_told_apart(tmp_path):
    assert read(text_file(tmp_path, "ID,NAME,NAME,\nP1,a,b,\n"))[0] == ["ID", "NAME", "NAME (2)"]


def test_a_line_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "LONGEST_LINE", 1000)
    assert refusal(text_file(tmp_path, "ID,NAME\nP1," + "a" * 2000)) == "line_too_long"


def test_a_quotation_mark_that_stays_open_is_refused(tmp_path):
    text = 'ID,NAME\nP1,"Sok\n' + "P2,Keo Maly\n" * 20_000
    assert refusal(text_file(tmp_path, text)) == "quote_open"


def test_a_quotation_mark_open_to_the_end_swallows_no_row(tmp_path):
    assert refusal(text_file(tmp_path, 'ID,NAME\nP1,Sok\nP2,"Keo\nP3,Chan')) == "quote_open"


def test_one_accent_in_a_long_file_is_of_windows(tmp_path):
    text = "ID,NAME\r\n" + "P1,Sok\r\n" * 9000 + "P2,Hélène\r\n"
    _columns, rows, notes = read(text_file(tmp_path, text, "cp1252"))
    assert (rows[-1].cells[1], notes["text"]["encoding"]) == ("Hélène", "Windows-1252")
    assert "characters_lost" not in notes


def test_a_byte_that_stands_for_nothing_is_told_as_lost(tmp_path):
    path = text_file(tmp_path, "ID,NAME\r\nP1,Hélène\r\n", "cp1252")
    path.write_bytes(path.read_bytes() + b"P2,S\x81ok\r\n")
    assert "characters_lost" in read(path)[2]


def test_thai_is_read_and_nothing_is_lost(tmp_path):
    lines = "".join(f"P{number},สมชาย ใจดี\r\n" for number in range(40))
    path = text_file(tmp_path, f"ID,NAME\r\n{lines}", "cp874")
    _columns, rows, notes = read(path)
    assert (rows[0].cells[1], "characters_lost" in notes) == ("สมชาย ใจดี", False)


def test_headings_in_two_lines_are_read_as_one(tmp_path):
    """As merged cells leave them: what is wanted stands in the second line."""
    text = "ID,NAME,,SEX\n,FAMILY,GIVEN,(M/F)\nP1,Sok,Dara,M\n"
    columns, rows, _notes = read(text_file(tmp_path, text), wanted=["ID", "FAMILY", "GIVEN", "SEX"])
    assert (columns, cells(rows)) == (["ID", "FAMILY", "GIVEN", "SEX"], [["P1", "Sok", "Dara", "M"]])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"%PDF-1.7", "not_a_table"),
        (b"<html><table><tr><td>ID</td></tr></table></html>", "web_page"),
        (b'<?xml version="1.0"?><Workbook/>', "web_page"),
        ("<html><table>".encode("utf-16"), "web_page"),
        (b"<!-- saved --><div><table>", "web_page"),
        (b"PAR1" + bytes(range(1, 32)) * 10, "not_a_table"),
        (b"PK\x03\x04 no archive", "damaged"),
    ],
)
def test_what_is_no_table_is_refused_by_what_it_is(tmp_path, content, code):
    path = tmp_path / "members.xlsx"
    path.write_bytes(content)
    assert refusal(path) == code


def test_a_file_of_something_else_lacks_the_headings(tmp_path):
    assert refusal(text_file(tmp_path, joined()), wanted=["MEMBER_NO"]) == "no_headings"


def test_about_how_many_rows_there_are_is_told_before_they_are_read(tmp_path):
    with open_sheet(text_file(tmp_path, joined())) as opened:
        assert opened.expected == len(ROWS) + 1


def test_a_cell_longer_than_any_value_is_cut_and_its_row_refused(tmp_path):
    rows = [["P1", "ក" * (LONGEST + 1), "ស្រី"], ["P2", "ក" * LONGEST, "ស្រី"]]
    _columns, (long, short), _notes = read(text_file(tmp_path, joined(rows=rows)))
    assert [len(cell) for cell in long.cells] == [2, LONGEST, 4]
    assert [(one.code, one.is_refusal) for one in long.findings] == [("cell_long", True)]
    assert not short.findings

"""Files of every kind, made for a test."""

import io
import zipfile
from pathlib import Path

import xlsxwriter

HEADINGS = ["ID", "ឈ្មោះ", "ភេទ"]
ROWS = [["P1", "សុខ ដារា", "ប្រុស"], ["P2", "សុខ បុប្ផា", "ស្រី"]]


def text_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "members.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def joined(separator: str = ",", rows=ROWS, headings=HEADINGS) -> str:
    return "".join(f"{separator.join(cells)}\r\n" for cells in [headings, *rows])


def workbook(folder: Path, *sheets, name: str = "members.xlsx") -> Path:
    """Each sheet is a function that writes it, given the workbook and the sheet."""
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        for number, write in enumerate(sheets, 1):
            write(book, book.add_worksheet(f"Sheet {number}"))
    return path


def table(rows=ROWS, headings=HEADINGS, row: int = 0, column: int = 0):
    def write(_book, sheet):
        for at, cells in enumerate([headings, *rows], row):
            for beside, cell in enumerate(cells, column):
                sheet.write(at, beside, cell)

    return write


def repacked(path: Path, **changed: str | bytes) -> Path:
    """With parts of a workbook written anew: the name of a part has ``__`` for a slash, ``_`` for its dot."""
    parts = {
        name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"): new
        for name, new in changed.items()
    }
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**kept, **parts}.items():
            archive.writestr(name, content)
    return path


def ods(folder: Path, content: str, manifest: str = "<manifest/>") -> Path:
    path, data = folder / "members.ods", io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    path.write_bytes(data.getvalue())
    return path

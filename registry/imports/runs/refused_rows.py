"""The refused rows of a run as a file that a spreadsheet opens: each with its reasons, and as it stood; one
that was refused when it was compared as it was understood.

As XLSX a cell is exactly what it was, so that the corrected file can be uploaded again. In CSV nothing tells
a text from a formula but its first sign.
"""

import csv
import re
from collections.abc import Iterator, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from dsp_platform.web.workbooks import MIME_TYPE, workbook
from registry.imports.runs.preview import finding_in_words
from registry.imports.staging.understood import Understood
from registry.models import ImportRun, StagedRow

BOM = "\ufeff"
"""By which a spreadsheet sees that the file is UTF-8."""
RUN_AS_FORMULA = re.compile(r"(^|[;|\t\r\n])(?=[=+\-@\t\r\n＝＋－＠])")
"""Also behind what separates cells elsewhere: a spreadsheet that separates by semicolons splits a line at
them, and heeds quotation marks only where a cell begins."""


def harmless(cell: str) -> str:
    """No cell is run: what a spreadsheet would take for a formula begins with an apostrophe."""
    return RUN_AS_FORMULA.sub(r"\1'", cell)


class _Line:
    def write(self, text: str) -> str:
        return text


def csv_of(run: ImportRun, language: str) -> Iterator[bytes]:
    write = csv.writer(_Line(), quoting=csv.QUOTE_ALL).writerow
    yield (BOM + write(map(harmless, _headings(run, language)))).encode()
    for number, *texts in _rows(run, language):
        yield write([number, *map(harmless, map(str, texts))]).encode()


def xlsx_of(run: ImportRun, language: str) -> Iterator[bytes]:
    with translation.override(language):
        sheet = _("Refused")
    return workbook(_headings(run, language), _rows(run, language), sheet=sheet)


FILES = {"csv": csv_of, "xlsx": xlsx_of}
"""By the ending of the name: what writes it piece by piece, with the reasons in a language."""
MIME_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": MIME_TYPE}


def _headings(run: ImportRun, language: str) -> list[str]:
    with translation.override(language):
        return [_("Row"), _("Why it is refused"), *run.columns]


def _rows(run: ImportRun, language: str) -> Iterator[Sequence[str | int]]:
    understood = Understood(run)
    rows = StagedRow.objects.filter(run=run, outcome=StagedRow.Outcome.REFUSED).order_by("number")
    for row in rows.defer("match_keys", "names_alone", "doubles", "name_key", "latin_key").iterator(1000):
        with translation.override(language):
            reasons = " ".join(finding_in_words(*finding) for finding in row.findings)
        cells = understood.cells(row) if row.cells is None else row.cells
        yield [row.number, reasons, *map(str, cells)]

"""The refused rows of a run as a file that a spreadsheet opens: each with its reasons, and as it stood."""

import csv
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.imports.runs.preview import finding_in_words
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


def lines_of(run: ImportRun) -> Iterator[str]:
    write = csv.writer(_Line(), quoting=csv.QUOTE_ALL).writerow
    yield BOM
    yield write([_("Row"), _("Why it is refused"), *map(harmless, run.columns)])
    rows = StagedRow.objects.filter(run=run, outcome=StagedRow.Outcome.REFUSED).order_by("number")
    for row in rows.only("number", "findings", "cells").iterator(1000):
        reasons = " ".join(finding_in_words(*finding) for finding in row.findings)
        yield write([row.number, harmless(reasons), *map(harmless, row.cells or ())])

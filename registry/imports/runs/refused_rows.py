"""The refused rows of a run as a file that a spreadsheet opens: each with its reasons, and as it stood."""

import csv
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.imports.runs.preview import finding_in_words
from registry.models import ImportRun, StagedRow

BOM = "\ufeff"
"""By which a spreadsheet sees that the file is UTF-8."""
RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """No cell is run: what a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if cell.startswith(RUN_AS_FORMULA) else cell


class _Line:
    def write(self, text: str) -> str:
        return text


def lines_of(run: ImportRun) -> Iterator[str]:
    write = csv.writer(_Line()).writerow
    yield BOM
    yield write([_("Row"), _("Why it is refused"), *map(harmless, run.columns)])
    rows = StagedRow.objects.filter(run=run, outcome=StagedRow.Outcome.REFUSED).order_by("number")
    for row in rows.only("number", "findings", "cells").iterator(1000):
        reasons = " ".join(finding_in_words(*finding) for finding in row.findings)
        yield write([row.number, harmless(reasons), *map(harmless, row.cells or ())])

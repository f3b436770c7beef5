"""A refused row as it was understood, cell by cell: for one that was refused only when it was compared, with
the file gone."""

from collections.abc import Iterator
from typing import Any

from dsp_platform.encryption import crypto
from registry.imports.mapping.problems import mapping_of
from registry.imports.mapping.schema import (
    DateParts,
    DocumentColumn,
    NameColumn,
    SourceMapping,
    VillageColumns,
)
from registry.imports.planning.filling import born_of
from registry.imports.reading.headings import heading_key
from registry.imports.sources.terms import terms_of
from registry.models import ImportRun, StagedRow
from registry.models.person_columns import KHMER_NAME, LATIN_NAME

NAMES = {"name": KHMER_NAME, "latin_name": LATIN_NAME}
NOT_OF_THE_FILE = "~"
"""What the reference of a row begins with, where the source names nobody."""


class Understood:
    """``cells``: as many as the run has columns; empty where the mapping names none of them."""

    def __init__(self, run: ImportRun) -> None:
        self._mapping: SourceMapping = mapping_of(terms_of(run).mapping)
        self._headings = [heading_key(heading) for heading in run.columns]

    def cells(self, row: StagedRow) -> list[str]:
        told = {heading_key(heading): text for heading, text in self._told(row) if text}
        return [told.get(heading, "") for heading in self._headings]

    def _told(self, row: StagedRow) -> Iterator[tuple[str, str]]:
        for field, part in self._mapping.columns.parts():
            match part:
                case NameColumn():
                    names = [getattr(row, name) for name in NAMES[field]]
                    yield (
                        part.column,
                        " ".join(names if part.order == "family_first" else names[::-1]).strip(),
                    )
                case DocumentColumn():
                    yield part.column, _number(row, part.type)
                case VillageColumns():
                    yield part.code or "", row.village
                case DateParts():
                    yield from zip((part.year, part.month, part.day), _parts(row, field), strict=False)
                case _:
                    yield part.column, _text(row, field)


def _text(row: StagedRow, field: str) -> str:
    value: Any = born_of(row) if field == "born" else getattr(row, field)
    text = "" if value is None else str(value)
    return "" if field == "reference" and text.startswith(NOT_OF_THE_FILE) else text


def _parts(row: StagedRow, field: str) -> list[str]:
    """Year, month and day, as far as they are known."""
    return _text(row, field).split("-")


def _number(row: StagedRow, kind: str) -> str:
    return next(
        (crypto.decrypt(token.encode()) for held, token, _digest in row.documents if held == kind), ""
    )

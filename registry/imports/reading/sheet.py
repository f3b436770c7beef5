"""A table of a file, row by row: every cell as text, whatever kind of file it stands in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from registry.imports.findings import Finding


class Row(NamedTuple):
    number: int
    """As the spreadsheet or text editor shows it, the first line being 1."""
    cells: Sequence[str]
    """As many as there are columns."""
    findings: Sequence[Finding] = ()


class Note(NamedTuple):
    """What was detected of the file, to be shown before anything is imported."""

    code: str
    params: Mapping[str, Any] = {}


@dataclass
class Sheet:
    columns: Sequence[str]
    rows: Iterator[Row]
    """Once, in the order of the file. Raises ``Unreadable`` where the file breaks off."""
    notes: list[Note] = field(default_factory=list)


class Unreadable(Exception):
    """A file that is not read, and why in words."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params

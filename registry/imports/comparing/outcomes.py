"""What becomes of a row of somebody registered of which something is not written after all."""

from collections.abc import Iterable
from typing import Any

from registry.models import StagedRow

WRITES = ("fills", "enrols")
"""Findings that say what is written of somebody registered; who moves in is told of households."""


def outcome_by(outcome: str, findings: Iterable[Any]) -> str:
    """Where nothing that is written is left, the row says what is on record."""
    is_written = any(one[0] in (*WRITES, "moves_in") for one in findings)
    agrees = outcome == StagedRow.Outcome.FILLS and not is_written
    return StagedRow.Outcome.AGREES if agrees else outcome

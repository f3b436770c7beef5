"""How an operator's status table would be read: counts of problems, before anything is stored."""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass

from dsp_platform.exchange.adapters.directory import adapter_named
from dsp_platform.exchange.models import Operator

ROWS = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    reason: str
    """The short code for which so many reports would be held."""
    reports: int


def preview_reports(operator: Operator, rows: int = ROWS) -> tuple[int, list[Finding]]:
    """How many of the first ``rows`` were read, and what was found.

    Raises OperatorUnavailable, and ValueError for a mapping that cannot be read.
    """
    with closing(adapter_named(operator.adapter).open(operator)) as session:
        read = session.pull(0, rows)
    problems = Counter(report.problem for report in read if report.problem)
    return len(read), [Finding(*found) for found in problems.most_common()]

"""The interface of an adapter: records out, status reports in, over one session with one operator."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

from dsp_platform.exchange.adapters.statuses import Reported
from dsp_platform.exchange.contract import Record, Withdrawal
from dsp_platform.exchange.models import Agreement, Operator


class Outcome(NamedTuple):
    """The outcome of one record. ``reason`` is a short code, never a message of the operator's database.

    ``delivered``: the operator has it, or a newer version. ``refused`` and ``invalid``: held for a person.
    ``unknown``: it may have arrived; tried again later.
    """

    subject_id: int
    status: str
    reason: str = ""
    receipt: str = ""


class OperatorUnavailable(Exception):
    """The operator as a whole cannot be reached or is misconfigured: ``reason`` is a short code.

    ``sent``: records may have arrived all the same (a connection lost at COMMIT).
    """

    def __init__(self, reason: str, *, sent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


class Delivery(NamedTuple):
    """``revision`` orders the deliveries of one subject: the operator keeps the highest."""

    revision: int
    item: Record | Withdrawal


class Session(Protocol):
    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """One outcome per delivery. Raises OperatorUnavailable; one bad record does not affect the others."""

    def pull(self, after: int, limit: int) -> list[Reported]:
        """What the operator's own system wrote after ``after``, oldest first. Raises OperatorUnavailable."""

    def close(self) -> None: ...


Range: TypeAlias = tuple[int, int]
"""From the first number, which belongs to it, to the second, which does not."""


class Summary(NamedTuple):
    """Of the version numbers in a range. ``checksum`` is the sum of ``(v % 1000003) * (v % 1000033)``."""

    number: int
    total: int
    checksum: int


@runtime_checkable
class Comparable(Protocol):
    """A session that can list what the operator has. All methods raise OperatorUnavailable.

    Numbers below 1 were not written by us and are never counted.
    """

    def summaries(self, agreement: Agreement, bounds: Sequence[int]) -> list[Summary]:
        """One for each range between two neighbours of the ascending ``bounds``."""

    def versions(self, agreement: Agreement, ranges: Sequence[Range]) -> list[list[int]]:
        """The numbers in each of the ranges, which ascend and do not overlap. All are in memory at once."""

    def keys(self, agreement: Agreement, versions: Sequence[int]) -> list[tuple[int, str]]:
        """``(version, value of the key column)`` of the rows that have one of these numbers."""

    def highest(self, agreement: Agreement) -> int:
        """0 if there is none."""


class Adapter(Protocol):
    """May have ``most``: the largest number of records in one push, so that it ends well within a lease."""

    def open(self, operator: Operator) -> Session:
        """Raises OperatorUnavailable."""

    def reaches_by(self) -> list[str]:
        """Names of the settings of the environment by which operators can be reached now."""

"""The contract of an adapter: records out, status reports in, over one session with one operator."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from dsp_platform.exchange.contract import Outcome, Record, Withdrawal
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.exchange.statuses import Reported


class Delivery(NamedTuple):
    """``revision`` orders what is sent of one subject: the operator keeps what has the highest."""

    revision: int
    item: Record | Withdrawal


class Session(Protocol):
    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """One outcome per delivery. Raises OperatorUnavailable; never holds one record against another."""

    def pull(self, after: int, limit: int) -> list[Reported]:
        """What the operator's own system wrote after ``after``, oldest first. Raises OperatorUnavailable."""

    def close(self) -> None: ...


class Adapter(Protocol):
    def open(self, operator: Operator) -> Session:
        """Raises OperatorUnavailable."""

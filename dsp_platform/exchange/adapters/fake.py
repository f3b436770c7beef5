"""Fake operators for tests and demos: they accept, refuse, crash, are slow or hang."""

import time
from collections.abc import Sequence

from dsp_platform.exchange.adapters.base import Delivery, OperatorUnavailable, Outcome, Session
from dsp_platform.exchange.adapters.statuses import Reported
from dsp_platform.exchange.models import Agreement, Operator

SLOW_SECONDS = 2.0
# How long a session waits for an answer; real adapters have their own limits.
HANG_SECONDS = 60.0


class Accepting:
    def open(self, operator: Operator) -> Session:
        return self

    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        return [Outcome(delivery.item.subject_id, "delivered", receipt="fake") for delivery in deliveries]

    def reaches_by(self) -> list[str]:
        return []

    def pull(self, after: int, limit: int) -> list[Reported]:
        return []

    def close(self) -> None:
        pass


class Refusing(Accepting):
    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        return [
            Outcome(delivery.item.subject_id, "refused", "refused_by_operator") for delivery in deliveries
        ]


class Crashing(Accepting):
    """Fails in the middle, with an unexpected error."""

    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        raise RuntimeError("the fake operator crashed")


class Slow(Accepting):
    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        time.sleep(SLOW_SECONDS)
        return super().push(agreement, deliveries)


class Hanging(Accepting):
    """Takes what it is sent and never answers, until the session times out."""

    def push(self, agreement: Agreement, deliveries: Sequence[Delivery]) -> list[Outcome]:
        time.sleep(HANG_SECONDS)
        raise OperatorUnavailable("time_out", sent=True)

"""Bring one operator up to date: claim, build, send, note. Nothing is locked while the operator is spoken to.

Whatever breaks, the rows stay due: a dead worker's lease runs out and its rows are taken up again, and the
operator keeps what has the highest revision, so nothing that is sent twice or late does harm.
"""

import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID, uuid4

from django.db import connection

from dsp_platform.exchange import ledger
from dsp_platform.exchange.adapters import Session, adapter_named
from dsp_platform.exchange.contract import OperatorUnavailable, registered
from dsp_platform.exchange.ledger import Claimed
from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.packing import pack, settle
from dsp_platform.exchange.selectors import operators_with_work

logger = logging.getLogger(__name__)

BATCH = 2000
LEASE_SECONDS = 300
# A drain gives the worker back after this long, so that other operators get their turn.
TURN_SECONDS = 60.0
LOOKS = 3


@dataclass(slots=True)
class Channel:
    """The session with an operator, opened when there is something to send and kept for the whole turn."""

    operator: Operator
    session: Session | None = field(default=None)

    def open(self) -> Session:
        if self.session is None:
            self.session = adapter_named(self.operator.adapter).open(self.operator)
        return self.session

    def close(self) -> None:
        if self.session is not None:
            # A session that is already broken has nothing left to close.
            with suppress(Exception):
                self.session.close()
            self.session = None


def drain(code: str, *, batch: int = BATCH, turn: float = TURN_SECONDS) -> bool:
    """True if there may be more to do: the turn was over before the work was."""
    until = time.monotonic() + turn
    looks = 0
    while looks < LOOKS and code in operators_with_work([code]):
        with ledger.drain_lock(code) as mine:
            if not mine:
                return False  # whoever holds it looks again after letting go
            if not _turn(code, batch, until):
                looks += 1  # due, but in somebody's hands
        if time.monotonic() >= until:
            return True
    return False


def _turn(code: str, batch: int, until: float) -> bool:
    """True if something was done. Ends when nothing is due, the operator fails, or the time is over."""
    channel = Channel(Operator.objects.get(pk=code))
    worked = False
    try:
        while ledger.operator_ready(code):
            lease = uuid4()
            rows = ledger.claim(operator=code, lease=lease, limit=batch, seconds=LEASE_SECONDS)
            if not rows:
                break
            worked = True
            if not _deliver(channel, lease, rows) or time.monotonic() >= until:
                break
    finally:
        channel.close()
    return worked


def _deliver(channel: Channel, lease: UUID, rows: Sequence[Claimed]) -> bool:
    """Send one batch, kind by kind in the order the domains registered them. False if the operator failed."""
    code = channel.operator.code
    left = {row.entry_id for row in rows}
    order = {name: position for position, name in enumerate(registered.kinds)}
    ordered = sorted(rows, key=lambda row: (order.get(row.kind, len(order)), row.kind))
    failure: OperatorUnavailable | None = None
    try:
        for kind, group in groupby(ordered, key=lambda row: row.kind):
            members = list(group)
            _deliver_kind(channel, lease, kind, members)
            left -= {row.entry_id for row in members}
    except OperatorUnavailable as error:
        failure = error
    except Exception as error:
        if connection.connection is None or connection.connection.closed:
            raise  # our own database is gone: the lease will run out
        logger.error("delivery to %s crashed: %s", code, type(error).__name__)
        failure = OperatorUnavailable("crashed", sent=True)
    if failure is None:
        ledger.operator_answered(code)
        return True
    logger.warning("operator %s cannot be reached: %s", code, failure.reason)
    ledger.release(lease=lease, entries=list(left), sent=failure.sent)
    ledger.operator_failed(code, failure.reason)
    return False


def _deliver_kind(channel: Channel, lease: UUID, kind: str, rows: Sequence[Claimed]) -> None:
    code = channel.operator.code
    package = pack(code, kind, rows)
    if package.settled:
        ledger.record(operator=code, lease=lease, results=package.settled)
    if not package.deliveries or package.agreement is None:
        return
    outcomes = channel.open().push(package.agreement, package.deliveries)
    by_subject = {row.subject_id: row for row in rows}
    results = settle(package.agreement, by_subject, package.deliveries, outcomes)
    ledger.record(operator=code, lease=lease, results=results)

"""Bring one operator up to date: claim, build, send, note. Nothing is locked while the operator is spoken to.

Whatever breaks, the rows stay due: a dead worker's lease runs out and its rows are taken up again, and the
operator keeps what has the highest revision, so nothing that is sent twice or late does harm.
"""

import gc
import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID, uuid4

from dsp_platform.exchange import ledger
from dsp_platform.exchange.adapters import Session, adapter_named
from dsp_platform.exchange.contract import OperatorUnavailable, Outcome, registered
from dsp_platform.exchange.ledger import Claimed, Result
from dsp_platform.exchange.models import Operator
from dsp_platform.exchange.packing import Package, pack, settle
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


@contextmanager
def _quiet_collector() -> Iterator[None]:
    """Batches are many small objects without cycles: looking through them for cycles takes longer than
    all other work on them. What else makes cycles is collected between batches."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(slots=True)
class Batch:
    """What was claimed under one lease, packed by kind; what has a result is no longer among ``left``."""

    lease: UUID
    rows: list[Claimed]
    packages: list[Package]
    left: set[int]
    sent: list[list[Outcome]] = field(default_factory=list)


def _turn(code: str, batch_size: int, until: float) -> bool:
    """True if something was done. Ends when nothing is due, the operator fails, or the time is over.

    While one batch is sent in a thread of its own, this one notes the batch before it and packs the next:
    our database and the operator's work at the same time. The thread touches the operator's session only.
    """
    channel = Channel(Operator.objects.get(pk=code))
    flying: tuple[Batch, Future[None]] | None = None
    worked = False
    with _quiet_collector(), ThreadPoolExecutor(1, thread_name_prefix="push") as sender:
        try:
            while True:
                batch = None
                if time.monotonic() < until and ledger.operator_ready(code):
                    batch = _next_batch(code, batch_size)
                landed, flying = flying, None
                if landed is not None and not _landed(channel.operator, *landed, following=batch):
                    break
                if batch is not None:
                    worked = True
                    flying = (batch, sender.submit(_send, channel, batch))
                if landed is not None:
                    _note(code, landed[0])
                    landed = None
                    gc.collect(1)
                if flying is None:
                    break
        finally:
            sender.shutdown(wait=True)
            channel.close()
    return worked


def _next_batch(code: str, size: int) -> Batch | None:
    lease = uuid4()
    rows = ledger.claim(operator=code, lease=lease, limit=size, seconds=LEASE_SECONDS)
    if not rows:
        return None
    order = {name: position for position, name in enumerate(registered.kinds)}
    rows.sort(key=lambda row: (order.get(row.kind, len(order)), row.kind))
    packages = [pack(code, kind, list(group)) for kind, group in groupby(rows, key=lambda row: row.kind)]
    return Batch(lease, rows, packages, {row.entry_id for row in rows})


def _send(channel: Channel, batch: Batch) -> None:
    """Kind by kind, in the order the domains registered them."""
    for package in batch.packages:
        outcomes: list[Outcome] = []
        if package.deliveries and package.agreement is not None:
            outcomes = channel.open().push(package.agreement, package.deliveries)
        batch.sent.append(outcomes)


def _landed(operator: Operator, batch: Batch, sending: "Future[None]", following: Batch | None) -> bool:
    """Wait for a batch to be sent. False if the operator failed: what has no result is given back."""
    try:
        sending.result()
        return True
    except OperatorUnavailable as error:
        failure = error
    except Exception as error:
        logger.error("delivery to %s crashed: %s", operator.code, type(error).__name__)
        failure = OperatorUnavailable("crashed", sent=True)
    logger.warning("operator %s cannot be reached: %s", operator.code, failure.reason)
    _note(operator.code, batch, answered=False)
    ledger.release(lease=batch.lease, entries=list(batch.left), sent=failure.sent)
    if following is not None:
        ledger.release(lease=following.lease, entries=list(following.left), sent=False)
    ledger.operator_failed(operator.code, failure.reason)
    return False


def _note(code: str, batch: Batch, *, answered: bool = True) -> None:
    results: list[Result] = []
    for package, outcomes in zip(batch.packages, batch.sent, strict=False):
        results += package.settled
        if package.agreement is not None:
            results += settle(package.agreement, package.rows, package.deliveries, outcomes)
    if results:
        ledger.record(operator=code, lease=batch.lease, results=results)
        batch.left -= {result.claimed.entry_id for result in results}
    if answered:
        ledger.operator_answered(code)

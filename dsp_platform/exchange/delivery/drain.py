"""Bring one operator up to date. One drain at a time works for an operator, for a limited time."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dsp_platform.background import workers
from dsp_platform.exchange.adapters.directory import ADAPTERS
from dsp_platform.exchange.delivery.leases import Position
from dsp_platform.exchange.delivery.pipeline import CRASHED, Pipeline, next_batch
from dsp_platform.exchange.ledger import availability, operator_leases, partitions
from dsp_platform.exchange.ledger.operator_leases import FencedLease
from dsp_platform.exchange.ledger.selectors import operators_with_work
from dsp_platform.exchange.models import Operator

BATCH = 10_000
FIRST_BATCH = 2000
# Young objects are searched for cycles after so many batches.
BATCHES_TO_COLLECT = 16
# How long the last answer, that the operator may be worked on, is used.
READY_SECONDS = 1.0
# A drain gives its worker back after this long, so that other operators get their turn.
TURN_SECONDS = 60.0
EMPTY_TURNS = 3


def drain(code: str, *, batch: int = BATCH, turn: float = TURN_SECONDS) -> bool:
    """True if there may be more to do: the time was over before the work was."""
    until = time.monotonic() + turn
    empty_turns = 0
    partitions.ensure_soon()
    while empty_turns < EMPTY_TURNS:
        with operator_leases.taken(code, operator_leases.DRAIN) as operator_lease:
            if operator_lease is None:
                # The other drain looks again after it releases the lease; if it dies, the sweep does.
                return False
            if not _turn(operator_lease, batch, until):
                empty_turns += 1  # something is due, but another worker has it
        # What was committed during the turn may have sent no message, because one was waiting already.
        workers.mark_started("exchange.drain", code)
        if code not in operators_with_work([code]):
            return False
        if time.monotonic() >= until:
            return True
    return False


def _turn(operator_lease: FencedLease, batch: int, until: float) -> bool:
    """True if something was done. Ends when nothing is due, the operator fails, the time is over or another
    worker has taken the lease."""
    operator = Operator.objects.get(pk=operator_lease.operator)
    # An adapter may limit the size. Each crash makes batches smaller, until the record that crashes the
    # adapter is alone.
    largest = min(batch, getattr(ADAPTERS.get(operator.adapter), "most", batch))
    if operator.last_error == CRASHED:
        largest = max(1, largest >> 2 * operator.failures)
    position, ready = Position(), Ready(operator_lease)
    batches = 0
    with _without_garbage_collection(), Pipeline(operator, operator_lease) as pipeline:
        more = True
        while more or pipeline.in_flight:
            pipeline.wait_for_recorders()
            more = False
            if time.monotonic() < until and ready():
                # Small at first, so that all stages of the pipeline soon have work.
                size = _allowed(operator, min(largest, FIRST_BATCH << min(batches, 10)))
                if packed := next_batch(operator.code, size, position):
                    more = True
                    batches += 1
                    pipeline.send(packed)
                    if batches % BATCHES_TO_COLLECT == 0:
                        gc.collect(1)
            if pipeline.in_flight and (not more or pipeline.is_full) and not pipeline.finish_oldest():
                break
        pipeline.finish()
    return batches > 0


class Ready:
    """Whether the operator may be worked on, and by us; checked again when the last answer is too old."""

    def __init__(self, operator_lease: FencedLease) -> None:
        self.operator_lease = operator_lease
        self.checked_at = -READY_SECONDS
        self.answer = False

    def __call__(self) -> bool:
        if time.monotonic() - self.checked_at >= READY_SECONDS or not self.answer:
            lease = self.operator_lease
            self.answer = lease.renew() and availability.operator_ready(lease.operator)
            self.checked_at = time.monotonic()
        return self.answer


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Batches are many small objects without cycles: searching them for cycles takes longer than all other
    work on them. Cycles that other code makes are collected now and then."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _allowed(operator: Operator, size: int) -> int:
    """No more than the operator takes in a minute."""
    left = availability.allowance(operator.code) if operator.rate_per_minute is not None else None
    return size if left is None else min(size, left)

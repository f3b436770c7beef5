"""Batches of one operator on their way: claimed and packed, sent, recorded, each stage beside the others.

While one thread sends a batch, others record those before it and the caller packs the next: our database and
the operator's work at the same time. The sender uses the operator's session only; the recorders have database
connections of their own.

Whatever fails, entries stay due: the lease of a dead worker expires and its entries are claimed again. The
operator keeps the highest revision, so a record that is sent twice or late does no harm.
"""

import logging
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle, groupby
from operator import attrgetter
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, connections

from dsp_platform.exchange.adapters.base import OperatorUnavailable, Outcome, Session
from dsp_platform.exchange.adapters.directory import adapter_named
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.delivery import leases
from dsp_platform.exchange.delivery.packing import Package, add_results, pack
from dsp_platform.exchange.delivery.results import Results, record_results
from dsp_platform.exchange.ledger import availability
from dsp_platform.exchange.ledger.operator_leases import FencedLease
from dsp_platform.exchange.models import Operator

logger = logging.getLogger(__name__)

RECORDERS = 2
# So many batches may wait for the sender, and so many for the recorders: no stage is idle while another has a
# slow moment.
QUEUED = 1
# A success of the operator is written to its row no more often than this.
SUCCESS_SECONDS = 1.0
CRASHED = "crashed"


class NotSent(Exception):
    """An earlier batch failed, or the operator's lease may have expired."""


@dataclass(slots=True)
class Batch:
    """Entries claimed under one lease, packed by kind. ``outcomes``: of each package that was sent."""

    lease: UUID
    packages: list[Package]
    outcomes: list[list[Outcome]] = field(default_factory=list)

    @property
    def unsent(self) -> list[Package]:
        return self.packages[len(self.outcomes) :]


def next_batch(operator: str, size: int, position: leases.Position) -> Batch | None:
    """Claim and pack. Kinds are in the order in which the domains registered them."""
    if not size:
        return None
    lease = uuid4()
    seconds = settings.EXCHANGE_LEASE_SECONDS
    rows = leases.claim(operator=operator, lease=lease, limit=size, seconds=seconds, position=position)
    if not rows:
        return None
    order = {name: number for number, name in enumerate(registered.kinds)}
    rows.sort(key=lambda row: (order.get(row.kind, len(order)), row.kind))
    return Batch(
        lease, [pack(operator, kind, list(group)) for kind, group in groupby(rows, attrgetter("kind"))]
    )


class Pipeline:
    def __init__(self, operator: Operator, operator_lease: FencedLease) -> None:
        self.operator = operator
        self.operator_lease = operator_lease
        self.in_flight: deque[tuple[Batch, Future[None]]] = deque()
        self._sender = ThreadPoolExecutor(1, thread_name_prefix="push")
        self._recorders = Recorders(operator_lease)
        self._session: Session | None = None
        self._failed = False

    def __enter__(self) -> "Pipeline":
        return self

    def __exit__(self, *problem: object) -> None:
        self._sender.shutdown(wait=True)
        if self._session is not None:
            # A session that is already broken has nothing left to close.
            with suppress(Exception):
                self._session.close()
        self._recorders.close()

    @property
    def is_full(self) -> bool:
        return len(self.in_flight) > 1 + QUEUED

    def wait_for_recorders(self) -> None:
        """Until they have caught up so far that more may be sent."""
        self._recorders.wait(RECORDERS - 1 + QUEUED)

    def send(self, batch: Batch) -> None:
        self.in_flight.append((batch, self._sender.submit(self._send, batch)))

    def _send(self, batch: Batch) -> None:
        """In the sender's thread."""
        if self._failed or self.operator_lease.lapsed:
            raise NotSent
        try:
            for package in batch.packages:
                outcomes: list[Outcome] = []
                if package.deliveries and package.agreement is not None:
                    if self._session is None:
                        self._session = adapter_named(self.operator.adapter).open(self.operator)
                    outcomes = self._session.push(package.agreement, package.deliveries)
                batch.outcomes.append(outcomes)
            self._recorders.record(batch)
        except Exception:
            self._failed = True
            raise

    def finish_oldest(self) -> bool:
        """Wait until the oldest batch in flight is sent. False if the operator failed: then nothing is in
        flight any more, and entries without a result are given back."""
        carried = [batch.lease for batch, _sending in self.in_flight]
        batch, sending = self.in_flight.popleft()
        while not wait([sending], settings.EXCHANGE_LEASE_SECONDS / 3).done:
            leases.renew(leases=carried, seconds=settings.EXCHANGE_LEASE_SECONDS)
            self.operator_lease.renew()
        failure: OperatorUnavailable | None = None
        try:
            sending.result()
            return True
        except NotSent:
            logger.warning("delivery to %s was stopped for too long", self.operator.code)
        except OperatorUnavailable as error:
            failure = error
        except Exception as error:
            logger.error("delivery to %s crashed: %s", self.operator.code, type(error).__name__)
            failure = OperatorUnavailable(CRASHED, sent=True)
        # An earlier success of the operator must not be recorded after its failure.
        self._recorders.wait()
        while self.in_flight:
            unsent, sending = self.in_flight.popleft()
            wait([sending])
            _record(self.operator.code, unsent)
        if failure is None:
            _record(self.operator.code, batch)
            return False
        if failure.reason == CRASHED and _hold_if_alone(batch):
            self._failed = False
            self._recorders.record(batch)
            return True
        logger.warning("operator %s cannot be reached: %s", self.operator.code, failure.reason)
        _record(self.operator.code, batch, sent=failure.sent)
        availability.operator_failed(self.operator_lease, failure.reason)
        return False

    def finish(self) -> None:
        """Wait until all that was sent is recorded."""
        self._recorders.wait()


class Recorders:
    """Record batches in threads of their own; their errors are raised by ``wait``.

    Inside a transaction of the caller no other connection would see its rows: then ``wait`` records them.
    """

    def __init__(self, operator_lease: FencedLease) -> None:
        self.operator_lease = operator_lease
        threads = 0 if connection.in_atomic_block else RECORDERS
        # One pool for each thread, so that each thread's database connection can be closed in it.
        self.workers = [ThreadPoolExecutor(1, thread_name_prefix="record") for _number in range(threads)]
        self.next_worker = cycle(self.workers)
        self.recording: deque[Future[None]] = deque()
        self.unrecorded: deque[Batch] = deque()
        self.success_written = -SUCCESS_SECONDS

    def close(self) -> None:
        for worker in self.workers:
            worker.submit(connections.close_all)
            worker.shutdown(wait=True)

    def record(self, batch: Batch) -> None:
        """Called by the sender, or while it has nothing to do."""
        if self.workers:
            self.recording.append(next(self.next_worker).submit(self._record, batch))
        else:
            self.unrecorded.append(batch)

    def wait(self, most: int = 0) -> None:
        """Until at most so many batches are still to be recorded."""
        while self.unrecorded:
            self._record(self.unrecorded.popleft())
        while len(self.recording) > most:
            self.recording.popleft().result()

    def _record(self, batch: Batch) -> None:
        _record(self.operator_lease.operator, batch)
        if time.monotonic() - self.success_written >= SUCCESS_SECONDS:
            self.success_written = time.monotonic()
            availability.operator_answered(self.operator_lease)


def _record(operator: str, batch: Batch, *, sent: bool = False) -> None:
    """Record the outcomes and give back the rest, which may have arrived if it was ``sent``."""
    results = Results()
    for package, outcomes in zip(batch.packages, batch.outcomes, strict=False):
        add_results(package, outcomes, results)
    unfinished = [row.entry_id for package in batch.unsent for row in package.claimed]
    record_results(operator=operator, lease=batch.lease, results=results, unfinished=unfinished, sent=sent)


def _hold_if_alone(batch: Batch) -> bool:
    """Whether the adapter crashed on a single record, which is then held for a person."""
    if sum(len(package.deliveries) for package in batch.unsent) != 1:
        return False
    for package in batch.unsent:
        batch.outcomes.append([Outcome(row.subject_id, "invalid", CRASHED) for row in package.rows])
    return True

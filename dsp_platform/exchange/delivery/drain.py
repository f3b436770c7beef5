"""Bring one operator up to date: claim, build, send, note. Nothing is locked while the operator is spoken to.

Whatever breaks, the rows stay due: a dead worker's lease runs out and its rows are taken up again, and the
operator keeps what has the highest revision, so nothing that is sent twice or late does harm.
"""

import gc
import logging
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import TypeAlias
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, connections

from dsp_platform import nudge
from dsp_platform.exchange.adapters.base import Session
from dsp_platform.exchange.adapters.directory import ADAPTERS, adapter_named
from dsp_platform.exchange.contract import OperatorUnavailable, Outcome, registered
from dsp_platform.exchange.delivery import leases
from dsp_platform.exchange.delivery.packing import Package, note, pack
from dsp_platform.exchange.ledger import availability, operator_leases, partitions
from dsp_platform.exchange.ledger.operator_leases import OperatorLease
from dsp_platform.exchange.ledger.selectors import operators_with_work
from dsp_platform.exchange.models import Operator

logger = logging.getLogger(__name__)

BATCH = 10_000
FIRST = 2000
BATCHES_TO_COLLECT = 16
# So many batches wait to be sent and to be noted: nobody stands idle while another has a slow moment.
WAITING = 1
NOTARIES = 2
# How long it is relied on that the operator may be spoken to, and not told again that it answered.
RELIED_SECONDS = 1.0
# A drain gives the worker back after this long, so that other operators get their turn.
TURN_SECONDS = 60.0
LOOKS = 3
CRASHED = "crashed"


class NotSent(Exception):
    """The batch before this one failed, or another may have taken over."""


@dataclass(slots=True)
class Channel:
    """The session with an operator, opened when there is something to send and kept for the whole turn."""

    operator: Operator
    mine: OperatorLease
    session: Session | None = field(default=None)
    failed: bool = False
    """Nothing more is sent, also of what was handed over already."""

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
    partitions.ensure_soon()
    while looks < LOOKS:
        with operator_leases.taken(code, operator_leases.DRAIN) as mine:
            if mine is None:
                return False  # whoever holds it looks again after letting go, or the sweep when it runs out
            if not _turn(mine, batch, until):
                looks += 1  # due, but in somebody's hands
        # Whatever was committed during the turn, and told nobody because of it, is seen by this look.
        nudge.looking("exchange.drain", code)
        if code not in operators_with_work([code]):
            return False
        if time.monotonic() >= until:
            return True
    return False


@contextmanager
def _quiet_collector() -> Iterator[None]:
    """Batches are many small objects without cycles: looking through them for cycles takes longer than
    all other work on them. What else makes cycles is collected now and then."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(slots=True)
class Batch:
    """What was claimed under one lease, packed by kind; ``sent`` has the outcomes of those that were sent."""

    lease: UUID
    packages: list[Package]
    sent: list[list[Outcome]] = field(default_factory=list)


Flying: TypeAlias = "deque[tuple[Batch, Future[None]]]"


def _turn(mine: OperatorLease, batch_size: int, until: float) -> bool:
    """True if something was done. Ends when nothing is due, the operator fails, the time is over or another
    has taken the lease.

    While one batch is sent in a thread of its own, those before it are noted in others and this one packs
    the next: our database and the operator's work at the same time. The sender touches the operator's session
    only; the notaries have connections of their own.
    """
    code = mine.operator
    channel = Channel(Operator.objects.get(pk=code), mine)
    size = _size(channel.operator, batch_size)
    place, ready = leases.Place(), Ready(mine)
    flying: Flying = deque()
    batches = 0
    with (
        _quiet_collector(),
        ThreadPoolExecutor(1, thread_name_prefix="push") as sender,
        Notaries(mine) as notaries,
    ):
        try:
            more = True
            while more or flying:
                notaries.wait(NOTARIES - 1 + WAITING)
                batch = None
                if time.monotonic() < until and ready():
                    # Small at first, so that all hands are soon at work.
                    begun = min(size, FIRST << min(batches, 10))
                    batch = _next_batch(code, _allowed(channel.operator, begun), place)
                more = batch is not None
                if batch is not None:
                    batches += 1
                    flying.append((batch, sender.submit(_send, channel, batch, notaries)))
                    if batches % BATCHES_TO_COLLECT == 0:
                        gc.collect(1)
                if flying and (not more or len(flying) > 1 + WAITING):
                    batch, sending = flying.popleft()
                    if not _landed(channel, batch, sending, flying, notaries):
                        break
            notaries.wait()
        finally:
            sender.shutdown(wait=True)
            channel.close()
    return batches > 0


class Ready:
    """Whether the operator may be spoken to, and by us, asked anew when the last answer is too old to be
    relied on."""

    def __init__(self, mine: OperatorLease) -> None:
        self.mine = mine
        self.asked = -RELIED_SECONDS
        self.answer = False

    def __call__(self) -> bool:
        if time.monotonic() - self.asked >= RELIED_SECONDS or not self.answer:
            self.answer = self.mine.renew() and availability.operator_ready(self.mine.operator)
            self.asked = time.monotonic()
        return self.answer


class Notaries:
    """Note batches beside whoever hands them over; what went wrong is raised to whoever waits.

    Inside a transaction of the caller no other connection would see its rows: then whoever waits notes them.
    """

    def __init__(self, mine: OperatorLease) -> None:
        self.mine = mine
        hands = 0 if connection.in_atomic_block else NOTARIES
        self.hands = [ThreadPoolExecutor(1, thread_name_prefix="note") for _hand in range(hands)]
        self.noting: deque[Future[None]] = deque()
        self.unnoted: deque[Batch] = deque()
        self.told = -RELIED_SECONDS

    def __enter__(self) -> "Notaries":
        return self

    def __exit__(self, *problem: object) -> None:
        for hand in self.hands:
            hand.submit(connections.close_all)
            hand.shutdown(wait=True)

    def note(self, batch: Batch) -> None:
        """Soon. Called by the sender, or while it has nothing to do."""
        if not self.hands:
            self.unnoted.append(batch)
            return
        self.hands.append(hand := self.hands.pop(0))
        self.noting.append(hand.submit(self._note, batch))

    def wait(self, left: int = 0) -> None:
        """Until no more than so many are still to be noted."""
        while self.unnoted:
            self._note(self.unnoted.popleft())
        while len(self.noting) > left:
            self.noting.popleft().result()

    def _note(self, batch: Batch) -> None:
        _note(self.mine.operator, batch)
        if time.monotonic() - self.told >= RELIED_SECONDS:
            self.told = time.monotonic()
            availability.operator_answered(self.mine)


def _size(operator: Operator, most: int) -> int:
    """A slow road takes fewer at once. And one record may crash the road for all: after each crash fewer
    travel together, until it is alone."""
    most = min(most, getattr(ADAPTERS.get(operator.adapter), "most", most))
    return max(1, most >> 2 * operator.failures) if operator.last_error == CRASHED else most


def _allowed(operator: Operator, size: int) -> int:
    """Never more than the operator takes in a minute."""
    left = availability.allowance(operator.code) if operator.rate_per_minute is not None else None
    return size if left is None else min(size, left)


def _next_batch(code: str, size: int, place: leases.Place) -> Batch | None:
    if not size:
        return None
    lease = uuid4()
    seconds = settings.EXCHANGE_LEASE_SECONDS
    rows = leases.claim(operator=code, lease=lease, limit=size, seconds=seconds, place=place)
    if not rows:
        return None
    order = {name: position for position, name in enumerate(registered.kinds)}
    rows.sort(key=lambda row: (order.get(row.kind, len(order)), row.kind))
    return Batch(lease, [pack(code, kind, list(group)) for kind, group in groupby(rows, attrgetter("kind"))])


def _send(channel: Channel, batch: Batch, notaries: Notaries) -> None:
    """Kind by kind, in the order the domains registered them."""
    if channel.failed or channel.mine.lapsed:
        raise NotSent
    try:
        for package in batch.packages:
            outcomes: list[Outcome] = []
            if package.deliveries and package.agreement is not None:
                outcomes = channel.open().push(package.agreement, package.deliveries)
            batch.sent.append(outcomes)
        notaries.note(batch)
    except Exception:
        channel.failed = True
        raise


def _landed(
    channel: Channel, batch: Batch, sending: "Future[None]", following: "Flying", notaries: Notaries
) -> bool:
    """Wait for a batch to be sent. False if the operator failed: what has no result is given back."""
    operator = channel.operator
    carried = [batch.lease, *(each.lease for each, _sending in following)]
    while not wait([sending], settings.EXCHANGE_LEASE_SECONDS / 3).done:
        leases.renew(leases=carried, seconds=settings.EXCHANGE_LEASE_SECONDS)
        channel.mine.renew()
    failure: OperatorUnavailable | None = None
    try:
        sending.result()
        return True
    except NotSent:
        logger.warning("delivery to %s was stopped for too long", operator.code)
    except OperatorUnavailable as error:
        failure = error
    except Exception as error:
        logger.error("delivery to %s crashed: %s", operator.code, type(error).__name__)
        failure = OperatorUnavailable(CRASHED, sent=True)
    notaries.wait()  # that the operator answered before must not be noted after its failure
    while following:
        unsent, sending = following.popleft()
        wait([sending])
        _note(operator.code, unsent)
    if failure is None:
        _note(operator.code, batch)
        return False
    if failure.reason == CRASHED and _hold_the_culprit(batch):
        channel.failed = False
        notaries.note(batch)
        return True
    logger.warning("operator %s cannot be reached: %s", operator.code, failure.reason)
    _note(operator.code, batch, sent=failure.sent)
    availability.operator_failed(channel.mine, failure.reason)
    return False


def _hold_the_culprit(batch: Batch) -> bool:
    """Whether the road crashed under a single record, which then waits for a person."""
    unsent = batch.packages[len(batch.sent) :]
    if sum(len(package.deliveries) for package in unsent) != 1:
        return False
    for package in unsent:
        batch.sent.append([Outcome(row.subject_id, "invalid", CRASHED) for row in package.rows])
    return True


def _note(code: str, batch: Batch, *, sent: bool = False) -> None:
    """Note what was answered for and give back the rest, which may have arrived if it was ``sent``."""
    left = [row.entry_id for package in batch.packages[len(batch.sent) :] for row in package.claimed]
    results = leases.Results()
    for package, outcomes in zip(batch.packages, batch.sent, strict=False):
        note(package, outcomes, results)
    leases.settle(operator=code, lease=batch.lease, results=results, left=left, sent=sent)

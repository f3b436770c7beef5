"""Property test: random changes, withdrawals, failures, crashes and drains against a model."""

from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp_platform.exchange.adapters.base import OperatorUnavailable, Outcome
from dsp_platform.exchange.adapters.directory import ADAPTERS
from dsp_platform.exchange.contract import Record
from dsp_platform.exchange.delivery import leases
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.delivery.packing import Package, add_results, pack
from dsp_platform.exchange.delivery.results import Results, record_results
from dsp_platform.exchange.models import Attempt, Lease, LedgerEntry, Operator, Outstanding
from tests.exchange.conftest import announce
from tests.roles import as_owner

SUBJECTS = (1, 2, 3)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["change", "flip", "touch"]), st.sampled_from(SUBJECTS)),
    st.tuples(st.sampled_from(["drain", "late", "lost", "down"]), st.just(0)),
    # A worker that claims so many and dies before or after it sent them; or sends and is suspended.
    st.tuples(st.sampled_from(["dies", "dies after", "sleeps"]), st.sampled_from([1, 3])),
    st.tuples(st.sampled_from(["wakes", "leases run out"]), st.just(0)),
)


class Memory:
    """An operator that keeps the highest revision, as agreed."""

    def __init__(self) -> None:
        self.rows: dict[int, tuple[int, dict | None]] = {}
        self.mood = "drain"
        self.late: list = []

    def open(self, operator: Operator) -> "Memory":
        return self

    def close(self) -> None:
        pass

    def take(self, deliveries) -> None:
        for revision, item in deliveries:
            if revision > self.rows.get(item.subject_id, (0, None))[0]:
                self.rows[item.subject_id] = (
                    revision,
                    dict(item.values) if isinstance(item, Record) else None,
                )

    def push(self, agreement, deliveries) -> list[Outcome]:
        if self.mood == "down":
            raise OperatorUnavailable("unreachable")
        if self.mood == "late":  # delayed until after everything else
            self.late.append(list(deliveries))
            raise OperatorUnavailable("time_out", sent=True)
        self.take(deliveries)
        if self.mood == "lost":  # arrived, but the answer was lost
            raise OperatorUnavailable("unreachable", sent=True)
        return [Outcome(delivery.item.subject_id, "delivered") for delivery in deliveries]


class Workers:
    """Drains in several steps: what they claimed stays in flight until they resume, or for good."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.asleep: list[tuple[UUID, Package]] = []

    def work(self, step: str, limit: int) -> None:
        lease = uuid4()
        rows = leases.claim(operator="family_package", lease=lease, limit=limit, seconds=300)
        package = pack("family_package", "person", rows)
        if step != "dies":
            self.memory.take(package.deliveries)
        if step == "sleeps":
            self.asleep.append((lease, package))

    def wake(self) -> None:
        for lease, package in self.asleep:
            results = Results()
            answers = [Outcome(row.subject_id, "delivered") for row in package.rows]
            add_results(package, answers, results)
            record_results(operator="family_package", lease=lease, results=results)
        self.asleep.clear()


@pytest.fixture
def memory(monkeypatch) -> Memory:
    operator = Memory()
    monkeypatch.setitem(ADAPTERS, "fake_accept", operator)
    return operator


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=20))
def test_in_the_end_the_operator_holds_exactly_what_it_may(people, family_package, memory, steps):
    LedgerEntry.objects.all().delete()
    Lease.objects.all().delete()
    Outstanding.objects.all().delete()
    memory.rows, memory.late = {}, []
    workers = Workers(memory)
    with as_owner():
        Operator.objects.update(adapter="fake_accept", retry_at=None, failures=0)
    announce(*(people.add(number) for number in SUBJECTS))
    for step, number in steps:
        Operator.objects.update(retry_at=None)
        if step == "change":
            announce(people.change(number, full_name=f"ឈ្មោះ {number} {people.rows[number].version + 1}"))
        elif step == "flip":
            people.rows[number].concerned = not people.rows[number].concerned
            announce((number, people.rows[number].version))
        elif step == "touch":
            announce((number, people.rows[number].version))
        elif step == "wakes":
            workers.wake()
        elif step == "leases run out":
            Lease.objects.update(until="2026-01-01T00:00Z")
        elif step in ("dies", "dies after", "sleeps"):
            workers.work(step, number)
        else:
            memory.mood = step
            drain("family_package")

    memory.mood = "drain"
    Operator.objects.update(retry_at=None)
    Lease.objects.update(until="2026-01-01T00:00Z")
    drain("family_package")
    workers.wake()
    drain("family_package")
    for deliveries in reversed(memory.late):
        memory.take(deliveries)

    assert not LedgerEntry.objects.filter(state="due").exists()
    assert not Outstanding.objects.exists()
    assert not Lease.objects.exists()
    for number in SUBJECTS:
        wanted = people.rows[number]
        held = memory.rows.get(number, (0, None))[1]
        entry = LedgerEntry.objects.get(subject_id=number)
        if wanted.concerned:
            assert held == {name: wanted.values[name] for name in held or ()}
            assert held is not None
            assert (entry.state, entry.delivered_version) == ("delivered", wanted.version)
        else:
            assert held is None
            assert (entry.state, entry.delivered_version) == ("withdrawn", 0)
    assert Attempt.objects.exclude(outcome="delivered").count() == 0

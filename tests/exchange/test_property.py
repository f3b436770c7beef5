"""Random changes, withdrawals, failures and drains against a model."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsp_platform.exchange.adapters import ADAPTERS
from dsp_platform.exchange.contract import OperatorUnavailable, Outcome, Record
from dsp_platform.exchange.drain import drain
from dsp_platform.exchange.models import Attempt, LedgerEntry, Operator
from tests.exchange.conftest import announce

SUBJECTS = (1, 2, 3)
ACTS = st.one_of(
    st.tuples(st.sampled_from(["change", "flip", "touch"]), st.sampled_from(SUBJECTS)),
    st.tuples(st.sampled_from(["drain", "late", "lost", "down"]), st.just(0)),
)


class Memory:
    """An operator that obeys the contract: it keeps what has the highest revision."""

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
        if self.mood == "late":  # lost on the way, and turns up after everything else
            self.late.append(list(deliveries))
            raise OperatorUnavailable("time_out", sent=True)
        self.take(deliveries)
        if self.mood == "lost":  # arrived, but nobody was told
            raise OperatorUnavailable("unreachable", sent=True)
        return [Outcome(delivery.item.subject_id, "delivered") for delivery in deliveries]


@pytest.fixture
def memory(monkeypatch) -> Memory:
    operator = Memory()
    monkeypatch.setitem(ADAPTERS, "fake_accept", operator)
    return operator


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=14))
def test_in_the_end_the_operator_holds_exactly_what_it_may(people, family_package, memory, acts):
    LedgerEntry.objects.all().delete()
    memory.rows, memory.late = {}, []
    Operator.objects.update(adapter="fake_accept", retry_at=None, failures=0)
    announce(*(people.add(number) for number in SUBJECTS))
    for act, number in acts:
        Operator.objects.update(retry_at=None)
        if act == "change":
            announce(people.change(number, full_name=f"ឈ្មោះ {number} {people.rows[number].version + 1}"))
        elif act == "flip":
            people.rows[number].concerned = not people.rows[number].concerned
            announce((number, people.rows[number].version))
        elif act == "touch":
            announce((number, people.rows[number].version))
        else:
            memory.mood = act
            drain("family_package")

    memory.mood = "drain"
    Operator.objects.update(retry_at=None)
    drain("family_package")
    for deliveries in reversed(memory.late):
        memory.take(deliveries)

    assert not LedgerEntry.objects.filter(state="due").exists()
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

"""Batches: claimed, given back, reclaimed from dead workers, and recorded too late."""

from uuid import UUID, uuid4

import pytest

from dsp_platform.exchange.delivery import leases
from dsp_platform.exchange.delivery.results import ResultGroup, Results, record_results
from dsp_platform.exchange.models import Attempt, Lease, LedgerEntry, Operator, Outstanding
from tests.exchange.conftest import announce, entry

OPERATOR = "family_package"


def claim(limit: int = 100) -> tuple[UUID, list[leases.Claimed]]:
    lease = uuid4()
    return lease, leases.claim(operator=OPERATOR, lease=lease, limit=limit, seconds=300)


def settle(
    lease: UUID, rows: list[leases.Claimed], *, withdrawal: bool = False, version: int = 1, receipt: str = ""
) -> None:
    results = Results()
    agreement = Operator.objects.get().agreements.get().pk
    state = "withdrawn" if withdrawal else "delivered"
    group = results.add_group(ResultGroup("person", state, "delivered", "", withdrawal, agreement))
    for row in rows:
        results.rows.append((row, group, version, None, "00", receipt))
    record_results(operator=OPERATOR, lease=lease, results=results)


def withdraw(people, number: int) -> None:
    people.rows[number].concerned = False
    announce((number, people.rows[number].version))


def test_what_one_has_in_hand_no_other_takes(people, family_package):
    announce(*(people.add(number) for number in range(1, 11)))
    _lease, first = claim(6)
    _lease, second = claim(6)
    assert len(first) == 6
    assert {row.subject_id for row in first} | {row.subject_id for row in second} == set(range(1, 11))
    assert claim()[1] == []


def test_live_changes_go_before_the_backlog(people, family_package):
    announce(*(people.add(number) for number in range(1, 11)))
    Outstanding.objects.update(backlog=True)
    announce(people.add(11))
    assert [row.subject_id for row in claim(1)[1]] == [11]


def test_what_has_no_result_is_outstanding_again_as_it_was(people, family_package):
    announce(people.add(1), people.add(2))
    Outstanding.objects.update(backlog=True)
    before = list(Outstanding.objects.order_by("pk").values_list("pk", "backlog", "held"))
    lease, rows = claim()
    assert not Outstanding.objects.exists()
    unfinished = [row.entry_id for row in rows]
    record_results(operator=OPERATOR, lease=lease, results=Results(), unfinished=unfinished, sent=True)
    assert list(Outstanding.objects.order_by("pk").values_list("pk", "backlog", "held")) == before
    assert not Lease.objects.exists()
    assert LedgerEntry.objects.filter(may_hold=True).count() == 2


def test_a_withdrawal_is_sent_when_the_record_before_it_is_still_on_its_way(people, family_package):
    announce(people.add(1))
    _first, rows = claim()
    assert not rows[0].may_hold
    withdraw(people, 1)
    _second, rows = claim()
    assert rows[0].may_hold


def test_a_delivery_noted_after_the_withdrawal_that_overtook_it_changes_nothing(people, family_package):
    announce(people.add(1))
    first, record = claim()
    withdraw(people, 1)
    second, tombstone = claim()
    settle(second, tombstone, withdrawal=True)
    settle(first, record)
    assert (entry(1).state, entry(1).delivered_version, entry(1).agreement) == ("withdrawn", 0, None)
    assert entry(1).delivered_revision == tombstone[0].revision
    assert Attempt.objects.count() == 2
    assert not Outstanding.objects.exists()


def test_a_change_while_it_is_on_its_way_stays_outstanding(people, family_package):
    announce(people.add(1))
    first, rows = claim()
    announce(people.change(1))
    settle(first, rows)
    assert (entry(1).state, entry(1).delivered_version) == ("due", 1)
    assert Outstanding.objects.get().entry == entry(1)


@pytest.mark.parametrize("overtaken", [True, False])
def test_the_dead_are_noted_as_perhaps_arrived(people, family_package, overtaken):
    announce(people.add(1))
    claim()
    if overtaken:
        announce(people.change(1))
    Lease.objects.update(until="2026-01-01T00:00Z")
    _lease, rows = claim()
    assert [(row.subject_id, row.may_hold) for row in rows] == [(1, True)]
    assert Lease.objects.count() == 1


def test_a_receipt_is_kept_as_the_operator_wrote_it(people, family_package):
    announce(people.add(1))
    receipt = "no\t1\\N\r\nលេខ"
    settle(*claim(), receipt=receipt)
    assert Attempt.objects.get().receipt == receipt


def test_an_attempt_keeps_the_digest_and_what_is_not_known(people, family_package):
    announce(people.add(1))
    settle(*claim())
    attempt = Attempt.objects.get()
    assert (bytes(attempt.digest), attempt.consent_id, attempt.outcome) == (b"\0", None, "delivered")

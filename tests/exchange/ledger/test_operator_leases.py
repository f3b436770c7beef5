"""One drain works for an operator at a time; without the lease it changes nothing of the operator."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import F

from dsp_platform.exchange.adapters.base import OperatorUnavailable
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger import operator_leases
from dsp_platform.exchange.models import Operator, OperatorLease
from tests.exchange.conftest import announce
from tests.exchange.delivery.test_faults import while_pushing

__all__ = ["while_pushing"]


@pytest.fixture
def taken_over(while_pushing) -> Callable[[Callable[[], object]], list[list[int]]]:
    """While the first drain pushes, its lease expires and another takes the operator."""

    def install(then: Callable[[], object]) -> list[list[int]]:
        def lose() -> None:
            OperatorLease.objects.update(token=F("token") + 1, until="2099-01-01T00:00Z")
            then()

        return while_pushing(lose)

    return install


def _break() -> None:
    raise OperatorUnavailable("unreachable", sent=True)


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_operator_cannot_say_that_it_failed(people, taken_over):
    """A worker that was suspended finds its session broken; the operator is not marked as failed."""
    announce(people.add(1))
    taken_over(_break)
    drain("family_package")
    operator = Operator.objects.get()
    assert (operator.failures, operator.retry_at, operator.last_error) == (0, None, "")


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_operator_cannot_say_that_it_is_well(people, taken_over):
    announce(people.add(1))
    taken_over(lambda: Operator.objects.update(failures=3, last_error="unreachable"))
    drain("family_package")
    assert Operator.objects.get().failures == 3


@pytest.mark.django_db(transaction=True)
def test_who_lost_the_operator_takes_nothing_more(people, taken_over, monkeypatch):
    monkeypatch.setattr("dsp_platform.exchange.delivery.drain.READY_SECONDS", 0)
    announce(*(people.add(number) for number in range(1, 10)))
    pushed = taken_over(lambda: None)
    drain("family_package", batch=1)
    # Its former claim; the next one is the other's.
    assert 1 <= len(pushed) <= 3


@pytest.mark.django_db
def test_a_lease_is_not_given_twice_and_has_a_higher_token_each_time(family_package):
    with operator_leases.taken("family_package", operator_leases.DRAIN) as first:
        with operator_leases.taken("family_package", operator_leases.DRAIN) as second:
            assert second is None
        with operator_leases.taken("family_package", operator_leases.PULL) as other_work:
            assert other_work
        OperatorLease.objects.update(until="2026-01-01T00:00Z")
        with operator_leases.taken("family_package", operator_leases.DRAIN) as second:
            assert second.token > first.token
            assert not first.renew()
            first.release()  # which is no longer its own to release
            assert second.renew()


@pytest.mark.django_db
def test_a_process_that_is_stopped_in_a_transaction_does_not_keep_its_locks_for_ever():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("15s",)

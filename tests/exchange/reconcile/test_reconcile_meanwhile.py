"""Deliveries while ledger and operator are compared: at any moment one could look like a loss."""

import pytest

from dsp_platform.exchange.adapters.database import DatabaseSession
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.reconcile import ranges
from tests.exchange.conftest import announce, entry
from tests.exchange.reconcile.test_reconcile import NOTHING, assert_operator_is_right, compare, draw, found


@pytest.fixture
def when_asked(monkeypatch):
    """Let something happen just before or after the operator is first queried."""

    def install(question: str, action, *, before: bool = False) -> None:
        query, happened = getattr(DatabaseSession, question), []

        def queried(session, *arguments):
            answer = None if before and not happened else query(session, *arguments)
            if not happened:
                happened.append(True)
                action()
            return query(session, *arguments) if answer is None else answer

        monkeypatch.setattr(DatabaseSession, question, queried)

    return install


@pytest.mark.parametrize(
    ("question", "before"), [("summaries", False), ("versions", False), ("keys", True), ("keys", False)]
)
def test_what_is_delivered_meanwhile_is_not_taken_for_lost(
    people, delivered, family_package, family_package_db, monkeypatch, when_asked, question, before
):
    """One row is really lost, so that every number is listed and verified."""
    monkeypatch.setattr(ranges, "FIRST_RANGES", 1)
    delivered(60)
    family_package_db("DELETE FROM fp_person WHERE spid::bigint = 1")
    announce(*(people.change(number) for number in range(10, 30)))

    def deliver() -> None:
        announce(*(people.change(number) for number in range(20, 50)))
        drain("family_package")

    when_asked(question, deliver, before=before)
    assert compare(family_package) == found(missing=1, repaired=1)
    drain("family_package")
    assert_operator_is_right(people, family_package_db)
    assert compare(family_package) == NOTHING


def test_what_was_lost_and_is_delivered_before_the_repair_is_left_alone(
    people, delivered, family_package, family_package_db, when_asked
):
    delivered(20)
    family_package_db("DELETE FROM fp_person WHERE spid::bigint <= 2")

    def deliver() -> None:
        announce(people.change(1))
        drain("family_package")

    when_asked("keys", deliver)
    assert compare(family_package) == found(missing=1, repaired=1)
    assert (entry(1).state, entry(2).state) == ("delivered", "due")


def test_what_arrived_and_was_not_noted_is_not_taken_for_a_strangers(
    people, delivered, family_package, family_package_db, monkeypatch
):
    delivered(20)
    before = draw()
    announce(*(people.change(number) for number in range(1, 6)), people.add(21))
    push = DatabaseSession.push

    def die_after_it(session, *arguments):
        outcomes = push(session, *arguments)
        raise KeyboardInterrupt if outcomes else AssertionError

    monkeypatch.setattr(DatabaseSession, "push", die_after_it)
    with pytest.raises(KeyboardInterrupt):
        drain("family_package")
    assert family_package_db("SELECT count(*) FROM fp_person WHERE dspp_version > %s", before) == [(6,)]
    assert compare(family_package) == NOTHING

"""Retention of attempts and reports by partition, which never blocks deliveries."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as project
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger import partitions, retention
from dsp_platform.exchange.ledger.partitions import Month
from dsp_platform.exchange.ledger.shared_records import shared_records_of
from dsp_platform.exchange.models import Attempt, Incident, LedgerEntry, StatusReport
from tests.exchange.conftest import announce, entry
from tests.roles import as_owner


def drop(month: Month) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {month.table}")


def attempt_in(month: Month, operator: str) -> None:
    day = datetime(month.year, month.month, 15, tzinfo=UTC)
    Attempt.objects.create(
        at=day, operator_id=operator, kind="person", subject_id=1, version=1, outcome="delivered"
    )


@pytest.fixture
def aged(family_package) -> tuple[Month, Month]:
    """An attempt in the oldest month that is kept, and one in the month before it."""
    young = partitions.this_month().plus(-project.EXCHANGE_ATTEMPT_MONTHS)
    old = young.plus(-1)
    partitions.ensure(old)
    for month in (old, young):
        attempt_in(month, "family_package")
    return old, young


def test_each_night_old_months_go_and_young_ones_stay(aged):
    old, young = aged
    drop(partitions.this_month().plus(partitions.AHEAD))
    partitions.ensure()
    retention.drop_old_attempts()
    months = partitions.months()
    assert months[0] == young
    assert months[-1] == partitions.this_month().plus(partitions.AHEAD)
    assert [attempt.at.month for attempt in Attempt.objects.all()] == [young.month]


@pytest.mark.parametrize(("role", "refusal"), [(as_owner, "Cannot"), (nullcontext, "permission denied")])
def test_no_attempt_of_any_month_is_changed_or_deleted(aged, role, refusal):
    for month in aged:
        for statement in (f"UPDATE {month.table} SET outcome = ''", f"DELETE FROM {month.table}"):
            with role(), pytest.raises(ProgrammingError, match=refusal), transaction.atomic():
                connection.cursor().execute(statement)
    assert Attempt.objects.count() == 2


def test_a_month_without_a_partition_stops_no_delivery(
    people, family_package, family_package_db, monkeypatch
):
    drop(partitions.this_month())
    monkeypatch.setattr(partitions, "_ensured", None)
    announce(people.add(1))
    drain("family_package")
    assert entry(1).state == "delivered"
    assert Attempt.objects.count() == 1


def forget_attempts() -> None:
    drop(partitions.this_month())
    partitions.ensure()


def test_who_holds_what_is_still_told_when_the_attempts_are_gone(people, family_package, family_package_db):
    announce(people.add(1), people.add(2), people.add(3))
    drain("family_package")
    people.rows[2].concerned = False
    announce(people.change(2))
    drain("family_package")
    delivered, deleted = entry(1).delivered_at, entry(2).delivered_at
    forget_attempts()
    people.rows[3].concerned = False
    announce(people.change(3))

    has, gone, going = shared_records_of({"person": [1, 2, 3]})
    assert (has.status, has.since, has.as_of, has.is_at_operator) == ("has", delivered, delivered, True)
    assert (gone.status, gone.confirmed_at, gone.is_at_operator) == ("deleted", deleted, False)
    assert (going.status, going.is_at_operator) == ("deleting", True)


def test_what_was_never_sent_is_still_left_out(people, family_package):
    announce(people.add(1))
    people.rows[1].concerned = False
    LedgerEntry.objects.update(state="withdrawn", reason="not_concerned")
    assert shared_records_of({"person": [1]}) == []


def test_a_report_of_long_ago_keeps_its_status_and_no_words(family_package, monkeypatch):
    monkeypatch.setattr(retention, "PAGE", 1)
    long_ago = timezone.now() - timedelta(days=31 * project.EXCHANGE_REPORT_MONTHS + 1)
    for reference, state, handled in (
        ("old", "handled", long_ago), ("older", "handled", long_ago - timedelta(days=1)),
        ("young", "handled", timezone.now()), ("held", "held", None), ("new", "held", None),
    ):  # fmt: skip
        StatusReport.objects.create(
            operator=family_package, reference=reference, kind="enrolment", subject="1", status="approved",
            values={"note": "a word about a person"}, occurred_at=long_ago,
            received_at=timezone.now() if reference == "new" else long_ago, state=state, handled_at=handled,
        )  # fmt: skip
    retention.clear_all_old_values()
    kept = StatusReport.objects.exclude(values={}).values_list("reference", flat=True)
    assert set(kept) == {"young", "new"}
    assert StatusReport.objects.get(reference="old").status == "approved"


def test_alerts_that_ended_long_ago_are_forgotten(family_package):
    for days in (400, 10):
        ended = timezone.now() - timedelta(days=days)
        Incident.objects.create(code="oldest_due", operator=family_package, started_at=ended, ended_at=ended)
    Incident.objects.create(code="oldest_due", operator=family_package)
    retention.delete_old_incidents()
    assert Incident.objects.count() == 2


def test_a_month_that_somebody_reads_is_dropped_another_night(aged, monkeypatch, caplog):
    old, _young = aged

    def busy() -> list[Month]:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE SQLSTATE '55P03'; END $$")
        return []

    monkeypatch.setattr(partitions, "drop_old", busy)
    retention.drop_old_attempts()
    assert old in partitions.months()
    assert "not dropped now" in caplog.text


@pytest.mark.parametrize("back", [0, 11, 12])
def test_attempts_of_the_last_year_are_dropped_by_nobody_but_the_owner(family_package, back):
    partitions.ensure(partitions.this_month().plus(-12))
    month = partitions.this_month().plus(-back)
    with pytest.raises(ProgrammingError, match="are kept"), transaction.atomic():
        connection.cursor().execute("SELECT exchange_drop_attempt_month(%s)", [month.first_day])


def test_no_partition_is_made_far_ahead(family_package):
    with pytest.raises(IntegrityError, match="no partition"), transaction.atomic():
        partitions.ensure(partitions.this_month().plus(130), ahead=130)

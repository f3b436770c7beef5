import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from dsp_platform.exchange import contract
from dsp_platform.exchange.adapters import database
from dsp_platform.exchange.adapters.statuses import LONGEST_VALUE, Reported, StatusMapping, read_report
from dsp_platform.exchange.contract import ReportHeld, ReportKind
from dsp_platform.exchange.models import Operator, StatusReport
from dsp_platform.exchange.reports import services as reports
from dsp_platform.exchange.reports.services import handle_waiting, pull, retry_unknown
from tests.roles import as_owner

STATUS = {
    "table": "fp_application_event",
    "cursor": "event_id",
    "reference": "event_ref",
    "kind": {"constant": "application"},
    "subject": "application_no",
    "status": {"column": "result", "values": {"approve": "approved", "reject": "refused"}},
    "occurred_at": "event_at",
    "values": {"note": "note", "reference": "enrolment_no"},
}
PARSED = StatusMapping.model_validate(STATUS)


@pytest.fixture
def fund(family_package) -> Operator:
    with as_owner():
        Operator.objects.filter(pk="family_package").update(status_mapping=STATUS)
    family_package.refresh_from_db()
    return family_package


def only_applications(handle: Callable[[StatusReport], None]) -> dict[str, ReportKind]:
    return {"application": ReportKind(name="application", label="application", handle=handle, statuses={})}


@pytest.fixture
def handled(monkeypatch) -> list[StatusReport]:
    """What the domain's handler received. It holds "unknown", and raises at "poison"."""
    seen: list[StatusReport] = []

    def handle(report: StatusReport) -> None:
        if report.subject == "unknown":
            raise ReportHeld("unknown_subject")
        if report.subject == "poison":
            raise ZeroDivisionError
        seen.append(report)

    monkeypatch.setattr(contract.registered, "reports", only_applications(handle))
    return seen


def decide(database, number: int, subject: str, result: str = "approve") -> None:
    database(
        "INSERT INTO fp_application_event (event_id, event_ref, application_no, result, enrolment_no, note) "
        "VALUES (%s, %s, %s, %s, 'E-1', 'ok')",
        number, f"FP-{number}", subject, result,
    )  # fmt: skip


def test_a_decision_of_the_operators_system_reaches_the_handler(fund, family_package_db, handled):
    decide(family_package_db, 1, "A-1")
    pull("family_package")
    handle_waiting()
    (report,) = handled
    assert (report.subject, report.status, report.reference) == ("A-1", "approved", "FP-1")
    assert report.values == {"note": "ok", "reference": "E-1"}
    assert StatusReport.objects.get().state == "handled"


def test_reading_again_handles_nothing_twice(fund, family_package_db, handled):
    decide(family_package_db, 1, "A-1")
    for _again in range(3):
        pull("family_package")
        handle_waiting()
    assert len(handled) == 1


def test_a_lower_number_that_became_visible_late_is_not_missed(fund, family_package_db, handled):
    decide(family_package_db, 5, "A-5")
    pull("family_package")
    decide(family_package_db, 4, "A-4")
    pull("family_package")
    handle_waiting()
    assert [report.subject for report in handled] == ["A-5", "A-4"]


def test_one_that_cannot_be_handled_stops_no_other(fund, family_package_db, handled):
    for number, subject in enumerate(("poison", "unknown", "A-3"), start=1):
        decide(family_package_db, number, subject)
    decide(family_package_db, 4, "A-4", result="perhaps")
    pull("family_package")
    handle_waiting()
    states = dict(StatusReport.objects.values_list("subject", "state"))
    assert states == {"poison": "received", "unknown": "held", "A-3": "handled", "A-4": "held"}
    reasons = dict(StatusReport.objects.filter(state="held").values_list("subject", "reason"))
    assert reasons == {"unknown": "unknown_subject", "A-4": "unknown_status"}


def test_a_handler_that_keeps_failing_asks_for_a_person(fund, family_package_db, handled):
    decide(family_package_db, 1, "poison")
    pull("family_package")
    for _again in range(8):
        StatusReport.objects.update(not_before="2026-01-01T00:00Z")
        handle_waiting()
    report = StatusReport.objects.get()
    assert (report.state, report.reason) == ("held", "handler_failed")


def test_a_kind_without_a_handler_is_held(fund, family_package_db, handled, monkeypatch):
    monkeypatch.setattr(contract.registered, "reports", {})
    decide(family_package_db, 1, "A-1")
    pull("family_package")
    handle_waiting()
    assert StatusReport.objects.get().reason == "no_handler"


def test_a_missing_status_table_stops_no_delivery(fund, family_package_db, handled):
    with as_owner():
        Operator.objects.update(status_mapping={**STATUS, "table": "gone"})
    pull("family_package")
    fund.refresh_from_db()
    assert (fund.pull_error, fund.failures) == ("missing_table", 0)


def test_a_status_mapping_that_makes_no_sense_is_told(fund, family_package_db, handled):
    with as_owner():
        Operator.objects.update(status_mapping={"table": "fp_application_event"})
    pull("family_package")
    fund.refresh_from_db()
    assert fund.pull_error == "bad_mapping"


def test_no_row_of_theirs_fills_our_memory(fund, family_package_db, handled, monkeypatch):
    """The operator decides what a column has: truncated before it is sent, and again when it is read."""
    read = []
    monkeypatch.setattr(
        database, "read_report", lambda mapping, row: read.append(row) or read_report(mapping, row)
    )
    decide(family_package_db, 1, "A-1")
    family_package_db("ALTER TABLE fp_application_event ALTER note TYPE text")
    family_package_db("UPDATE fp_application_event SET note = repeat('ក', 5000000)")
    pull("family_package")
    handle_waiting()
    assert len(read[0]["note"]) == LONGEST_VALUE
    assert len(StatusReport.objects.get().values["note"]) == LONGEST_VALUE
    assert len(read_report(PARSED, {**read[0], "note": "x" * 9000}).values["note"]) == LONGEST_VALUE


def test_what_nobody_sees_in_their_texts_is_not_stored(fund, family_package_db, handled):
    decide(family_package_db, 1, "A-1")
    family_package_db("UPDATE fp_application_event SET note = 'R4' || chr(8238) || 'X' || chr(8203) || 'Y'")
    pull("family_package")
    assert StatusReport.objects.get().values["note"] == "R4XY"


def reported(number: int, note: str, status: str = "approved") -> Reported:
    return Reported(
        number, f"X-{number}", "application", f"A-{number}", status, timezone.now(), {"note": note}
    )


def test_one_that_cannot_be_stored_is_held_and_stops_no_other(fund, handled):
    reports.store(fund, [reported(1, "ok"), reported(2, "\ud800"), reported(3, "ok")])
    held = StatusReport.objects.get(reference="X-2")
    assert (held.state, held.reason, held.values) == ("held", "cannot_be_stored", {})
    assert StatusReport.objects.filter(state="received").count() == 2


def test_a_number_that_no_column_of_ours_keeps_is_refused():
    with pytest.raises(ValueError, match="number"):
        read_report(PARSED, {"event_id": "9" * 30})


def test_the_same_reference_is_stored_once(fund):
    for status in ("approved", "refused"):
        reports.store(fund, [reported(1, "ok", status)])
    assert StatusReport.objects.get().status == "approved"


def decide_many(database, first: int, last: int) -> None:
    database(
        "INSERT INTO fp_application_event (event_id, event_ref, application_no, result) "
        "SELECT n, 'FP-' || n, 'A-' || n, 'approve' FROM generate_series(%s::int, %s::int) AS n",
        first, last,
    )  # fmt: skip


def test_many_are_read_page_by_page_and_all_handled(fund, family_package_db, handled, monkeypatch):
    monkeypatch.setattr(reports, "PAGE", 30)
    monkeypatch.setattr(reports, "WINDOW", 5)
    decide_many(family_package_db, 1, 100)
    pages = 1
    while pull("family_package"):
        pages += 1
    assert pages == 4
    assert handle_waiting() == 100
    assert [report.subject for report in handled] == [f"A-{number}" for number in range(1, 101)]


def test_a_table_that_counts_from_the_beginning_again_is_read_again(fund, family_package_db, handled):
    decide_many(family_package_db, 5001, 5003)
    assert not pull("family_package")
    family_package_db("TRUNCATE fp_application_event")
    assert not pull("family_package")  # an empty table has not restarted
    decide(family_package_db, 1, "A-1")
    while pull("family_package"):
        pass
    decide(family_package_db, 2, "A-2")
    assert not pull("family_package")
    assert set(StatusReport.objects.values_list("subject", flat=True)) == {
        "A-5001", "A-5002", "A-5003", "A-1", "A-2",
    }  # fmt: skip


def test_a_row_without_a_reference_is_known_by_what_it_says(fund, family_package_db, handled):
    """A serial number that is used again after a restore is not taken for the first."""
    with as_owner():
        Operator.objects.update(status_mapping={**STATUS, "reference": "enrolment_no"})
    for subject in ("A-1", "A-1", "A-2"):
        family_package_db("TRUNCATE fp_application_event")
        decide(family_package_db, 1, subject)
        family_package_db("UPDATE fp_application_event SET enrolment_no = NULL, event_at = '2026-11-01'")
        pull("family_package")
    assert sorted(StatusReport.objects.values_list("subject", flat=True)) == ["A-1", "A-2"]


def test_a_row_that_only_their_database_can_read_stops_no_other(fund, family_package_db, handled):
    for number in range(1, 6):
        decide(family_package_db, number, f"A-{number}")
    for number, moment in ((1, "infinity"), (2, "0044-03-15 BC"), (3, "2999-01-01")):
        family_package_db("UPDATE fp_application_event SET event_at = %s WHERE event_id = %s", moment, number)
    family_package_db("UPDATE fp_application_event SET application_no = '' WHERE event_id = 4")
    pull("family_package")
    handle_waiting()
    assert [report.subject for report in handled] == ["A-5"]
    held = StatusReport.objects.filter(state="held").order_by("pk").values_list("reason", flat=True)
    assert list(held) == ["invalid_date"] * 3 + ["no_subject"]


def test_who_was_unknown_is_looked_for_again_for_a_month(fund, family_package_db, handled):
    for number, subject in enumerate(("unknown", "unknown", "poison"), start=1):
        decide(family_package_db, number, subject)
    pull("family_package")
    handle_waiting()
    StatusReport.objects.filter(reference="FP-2").update(received_at=timezone.now() - timedelta(days=31))
    StatusReport.objects.filter(subject="unknown").update(subject="A-1")  # meanwhile registered
    assert retry_unknown() == 1
    handle_waiting()
    assert [report.reference for report in handled] == ["FP-1"]


@pytest.mark.django_db(transaction=True)
def test_a_report_that_comes_in_twice_at_once_is_one(fund):
    """Read by workers of which one was suspended until its lease went to the next."""
    start, stored = threading.Barrier(4), []

    def read() -> None:
        try:
            start.wait()
            reports.store(fund, [reported(1, "ok")])
            stored.append(StatusReport.objects.get().pk)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=read) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(stored), set(stored)) == (4, {StatusReport.objects.get().pk})

"""A date that Python cannot parse stops neither the other reports nor the steward's list."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from dsp_platform.exchange import contract
from dsp_platform.exchange.adapters.statuses import Reported, StatusMapping, read_report
from dsp_platform.exchange.models import StatusReport
from dsp_platform.exchange.reports import services as reports
from tests.exchange.operations.test_admin import address, signed_in
from tests.exchange.reports.test_reports import PARSED, STATUS, decide, only_applications
from tests.roles import as_owner

ROW = {"event_id": 1, "event_ref": "FP-1", "application_no": "A-1", "result": "approve", "note": ""}
ROW["enrolment_no"] = ""


@pytest.fixture
def handled(monkeypatch) -> list[str]:
    seen: list[str] = []
    reports = only_applications(lambda one: seen.append(one.subject))
    monkeypatch.setattr(contract.registered, "reports", reports)
    return seen


def reported(number: int, occurred_at: datetime | None = None) -> Reported:
    moment = occurred_at or timezone.now()
    return Reported(number, f"X-{number}", "application", f"A-{number}", "approved", moment)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("%d.%m.%Y", "01.01.0001"),
        ("", "0001-01-01"),
        ("", "0001-01-01 00:00:00"),
        ("", "0001-01-01T00:00:00+06:42"),
        ("", "0001-01-01T00:00:00-12:00"),
        ("", "1900-01-01T06:59:59+07:00"),
        ("", "9999-12-31T23:00:00-05:00"),
        ("", datetime(1, 1, 1)),  # noqa: DTZ001
        ("", datetime(1, 1, 1).date()),  # noqa: DTZ001
    ],
)
def test_no_date_of_other_systems_is_no_date_here(form, value):
    spec = {"column": "event_at", "date_text": form} if form else "event_at"
    mapping = StatusMapping.model_validate({**STATUS, "occurred_at": spec})
    report = read_report(mapping, {**ROW, "event_at": value})
    assert report.problem == "invalid_date"
    assert timezone.now() - report.occurred_at < timedelta(minutes=1)


def test_an_old_day_is_still_a_day():
    report = read_report(PARSED, {**ROW, "event_at": "1900-01-01T07:00:00+07:00"})
    assert (report.problem, report.occurred_at) == ("", datetime(1900, 1, 1, tzinfo=UTC))


def test_a_row_of_the_year_one_is_held_and_seen_by_the_steward(
    family_package, family_package_db, handled, steward
):
    with as_owner():
        type(family_package).objects.filter(pk="family_package").update(status_mapping=STATUS)
    for number in (1, 2):
        decide(family_package_db, number, f"A-{number}")
    family_package_db("UPDATE fp_application_event SET event_at = '0001-01-01' WHERE event_id = 1")
    reports.pull("family_package")
    reports.handle_waiting()
    assert handled == ["A-2"]
    assert StatusReport.objects.get(state="held").reason == "invalid_date"
    assert signed_in(steward).get(address("statusreport_changelist")).status_code == 200


@pytest.mark.parametrize("moment", ["0001-12-31 BC", "1899-12-31", "infinity", "-infinity", "20000-01-01"])
def test_the_database_takes_no_moment_that_cannot_be_read_again(family_package, moment):
    reports.store(family_package, [reported(1)])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_statusreport SET occurred_at = %s", [moment])


def test_one_that_the_database_refuses_stops_no_other(family_package, handled):
    reports.store(family_package, [reported(1), reported(2, datetime(1500, 1, 1, tzinfo=UTC)), reported(3)])
    reports.handle_waiting()
    assert handled == ["A-1", "A-3"]
    assert StatusReport.objects.get(state="held").reason == "cannot_be_stored"


@pytest.fixture
def unreadable(family_package, monkeypatch) -> StatusReport:
    """The first of three, which no process can load."""
    reports.store(family_package, [reported(number) for number in (1, 2, 3)])
    first = StatusReport.objects.get(reference="X-1")
    load = StatusReport.from_db.__func__

    def from_db(cls, db, names, values):
        report = load(cls, db, names, values)
        if report.pk == first.pk:
            raise ValueError("year -1 is out of range")
        return report

    monkeypatch.setattr(StatusReport, "from_db", classmethod(from_db))
    return first


def test_one_that_cannot_be_loaded_is_tried_later_and_stops_no_other(unreadable, handled):
    reports.handle_waiting()
    assert handled == ["A-2", "A-3"]
    row = StatusReport.objects.filter(pk=unreadable.pk).values_list("state", "attempts").get()
    assert row == ("received", 1)


def test_one_that_can_never_be_loaded_asks_for_a_person(unreadable, handled):
    for _again in range(reports.MOST_ATTEMPTS):
        StatusReport.objects.update(not_before="2026-01-01T00:00Z")
        reports.handle_waiting()
    row = StatusReport.objects.filter(pk=unreadable.pk).values_list("state", "reason").get()
    assert row == ("held", "handler_failed")


def test_a_failure_that_cannot_even_be_noted_stops_no_other(unreadable, handled, monkeypatch, caplog):
    def fail(report_id: int) -> None:
        raise ValueError(report_id)

    monkeypatch.setattr(reports, "_try_later", fail)
    with caplog.at_level(logging.ERROR):
        reports.handle_waiting()
    assert handled == ["A-2", "A-3"]
    assert "ValueError" in caplog.text


def test_without_a_database_the_turn_ends(unreadable, handled, monkeypatch):
    """Instead of one error in the log for each pending report."""

    def fail(report_id: int) -> None:
        raise OperationalError

    monkeypatch.setattr(reports, "_try_later", fail)
    with pytest.raises(OperationalError):
        reports.handle_waiting()
    assert handled == []

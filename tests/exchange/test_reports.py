import pytest

from dsp_platform.exchange import contract, services
from dsp_platform.exchange.contract import ReportHeld
from dsp_platform.exchange.models import Operator, StatusReport
from dsp_platform.exchange.reports import handle_waiting, pull

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


@pytest.fixture
def fund(family_package) -> Operator:
    Operator.objects.filter(pk="family_package").update(status_mapping=STATUS)
    family_package.refresh_from_db()
    return family_package


@pytest.fixture
def handled(monkeypatch) -> list[StatusReport]:
    """What the domain's handler was given. It holds "unknown", and breaks down at "poison"."""
    seen: list[StatusReport] = []

    def handle(report: StatusReport) -> None:
        if report.subject == "unknown":
            raise ReportHeld("unknown_subject")
        if report.subject == "poison":
            raise ZeroDivisionError
        seen.append(report)

    monkeypatch.setattr(contract.registered, "handlers", {"application": handle})
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
    monkeypatch.setattr(contract.registered, "handlers", {})
    decide(family_package_db, 1, "A-1")
    pull("family_package")
    handle_waiting()
    assert StatusReport.objects.get().reason == "no_handler"


def test_a_missing_status_table_stops_no_delivery(fund, family_package_db, handled):
    Operator.objects.update(status_mapping={**STATUS, "table": "gone"})
    pull("family_package")
    fund.refresh_from_db()
    assert (fund.pull_error, fund.failures) == ("missing_table", 0)


def test_a_status_mapping_that_makes_no_sense_is_told(fund, family_package_db, handled):
    Operator.objects.update(status_mapping={"table": "fp_application_event"})
    pull("family_package")
    fund.refresh_from_db()
    assert fund.pull_error == "bad_mapping"


def test_the_same_reference_is_stored_once(fund):
    for status in ("approved", "refused"):
        services.store_report(
            operator=fund, reference="X-1", kind="application", subject="A-1", status=status
        )
    assert StatusReport.objects.get().status == "approved"

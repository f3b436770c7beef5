"""What a steward sees of the deliveries and can do about them.

The operator has no code for the sex "other".
"""

import ast
import re
from datetime import time, timedelta
from uuid import UUID

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation

from dsp_platform.admin.lists import MAX_COUNTED
from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange import contract
from dsp_platform.exchange.adapters import camdx_errors, database_errors
from dsp_platform.exchange.delivery import release
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.delivery.leases import claim
from dsp_platform.exchange.ledger import reasons, services
from dsp_platform.exchange.models import LedgerEntry, Operator, Outstanding, StatusReport
from dsp_platform.exchange.operations import overview
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job
from tests.exchange.conftest import announce, entry
from tests.exchange.operations.test_admin import address, signed_in
from tests.packages import BASE, PACKAGES
from tests.pages import without_space_in_tables
from tests.roles import as_owner
from tests.seen import seen

NO_CODE = "no_code:sex"


@pytest.fixture
def staff_client(steward):
    return signed_in(steward)


@pytest.fixture
def busy(people, family_package, family_package_db):
    """Two delivered, three refused, one due and one in flight, two of a first fill."""
    announce(*(people.add(number) for number in (1, 2)))
    announce(*(people.add(number, sex="other") for number in (3, 4, 5)))
    drain("family_package")
    announce(people.add(6), people.add(9))
    claim(operator="family_package", lease=UUID(int=1), limit=1, seconds=60)
    fill = [people.add(7), people.add(8)]
    Outstanding.objects.filter(held=False).update(since=timezone.now() - timedelta(hours=2))
    with transaction.atomic():
        services.announce(kind="person", subjects=fill, backlog=True)
    return people


def cells(page: str) -> dict[str, str]:
    """The one row of a list, by column."""
    found = re.findall(r'<t[dh] class="field-(\w+)[^"]*">(.*?)</t[dh]>', page, re.DOTALL)
    return {name: re.sub(r"<[^>]+>", "", cell).replace("\xa0", " ").strip() for name, cell in found}


def test_the_list_of_operators_says_how_each_stands(busy, staff_client):
    with translation.override("en"):
        row = cells(staff_client.get(reverse("admin:exchange_operator_changelist")).content.decode())
    assert (row["due"], row["backlog"], row["held"], row["in_flight"]) == ("1", "2", "3", "1")
    assert (row["oldest_due"], row["condition"]) == ("2 hours", "running")
    assert row["rate"] == "0.4"  # two in the last five minutes
    assert row["last_success_at"] != "-"


def test_a_count_that_was_not_taken_to_its_end_says_so(busy, monkeypatch):
    monkeypatch.setattr(overview, "MOST", 2)
    workload = overview.workloads()["family_package"]
    assert (overview.shown(workload.backlog, 2), overview.shown(workload.due, 2)) == ("2+", "1")


@pytest.mark.parametrize(("language", "words"), [("km", "ការផ្គូផ្គងគ្មានលេខកូដ"), ("en", "has no code")])
def test_what_is_held_is_told_by_reason_in_words(busy, staff_client, language, words):
    with translation.override(language):
        page = staff_client.get(address("operator_change", "family_package")).content.decode()
    assert words in page
    assert "(sex)" in page


def test_all_held_for_one_reason_are_released_after_the_number_was_shown(
    busy, staff_client, steward, monkeypatch
):
    monkeypatch.setattr(release, "PAGE", 2)
    LedgerEntry.objects.filter(subject_id=4).update(reason="duplicate")
    chosen = {"operator": "family_package", "reason": NO_CODE}
    with translation.override("en"):
        page = staff_client.post(reverse("admin:exchange_operator_release"), chosen).content.decode()
    assert "2 records are held for this reason" in page
    assert not Job.objects.exists()

    staff_client.post(reverse("admin:exchange_operator_release"), {**chosen, "yes": "yes"})
    job = Job.objects.get()
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    states = dict(LedgerEntry.objects.filter(subject_id__in=(3, 4, 5)).values_list("subject_id", "state"))
    assert states == {3: "due", 4: "held", 5: "due"}
    noted = AuditEvent.objects.get(action="retry")
    assert (noted.actor_id, noted.details) == (steward.pk, {**chosen, "rows": 2})


def test_what_is_refused_again_during_a_release_is_not_released_twice(busy, monkeypatch):
    monkeypatch.setattr(release, "PAGE", 2)
    chosen = {"operator": "family_package", "reason": NO_CODE}
    following, released = release.release_page(**chosen, after=0)
    Outstanding.objects.filter(entry=entry(3)).update(held=True)
    LedgerEntry.objects.filter(subject_id=3).update(state="held", reason=NO_CODE)
    assert released == 2
    assert release.release_page(**chosen, after=following) == (None, 1)
    assert entry(3).state == "held"


def test_a_selection_of_any_size_is_retried_page_by_page(busy, staff_client, monkeypatch):
    monkeypatch.setattr(release, "PAGE", 1)
    chosen = {"action": "retry", "select_across": "1", "_selected_action": [entry(3).pk], "index": "0"}
    staff_client.post(address("ledgerentry_changelist") + "?state=held", chosen)
    assert not Outstanding.objects.filter(held=True).exists()


def test_one_subject_has_a_page_with_every_attempt_in_order(
    people, family_package, family_package_db, staff_client
):
    announce(people.add(1, sex="other"))
    drain("family_package")
    announce(people.change(1, sex="male"))
    drain("family_package")
    people.rows[1].concerned = False
    announce(people.change(1))
    drain("family_package")
    with translation.override("en"):
        answer = staff_client.get(address("ledgerentry_subject", "person", 1))
    page = without_space_in_tables(answer.content.decode())
    rows = re.findall(r"<td>(withdrawal|record)</td>\s*<td>([^<]+)</td>", page)
    assert rows == [
        ("record", "not valid at the operator"),
        ("record", "delivered"),
        ("withdrawal", "delivered"),
    ]
    assert "The operator was told to delete it, and did." in page
    assert "has no code of the operator for a word. (sex)" in page


class ByNumber:
    """Finds people by SPID, as the registry does."""

    def find(self, typed: str) -> int | None:
        return {"0000 0000 0007": 7}.get(typed)

    def accessed(self, subject: int) -> list[tuple[str, int]]:
        return [("person", subject)]


def test_a_person_is_found_by_spid_and_the_spid_is_kept_nowhere(busy, staff_client, monkeypatch, caplog):
    monkeypatch.setattr(contract.registered.kinds["person"], "explainer", ByNumber())
    answer = staff_client.post(address("ledgerentry_find"), {"number": "0000 0000 0007"})
    assert answer["Location"].endswith("/subject/person/7/")
    noted = AuditEvent.objects.get(subject_kind="ledger")
    assert (noted.action, noted.subject_id, noted.details) == ("search", None, {"found": 1})
    assert "0000" not in caplog.text
    # In a URL it is not even parsed.
    assert staff_client.get(address("ledgerentry_find") + "?number=0000+0000+0007").status_code == 200


def logged_accesses(steward) -> set[tuple[str, int]]:
    """What a person reads about it in their own account."""
    events = AuditEvent.objects.filter(actor=steward, action="view", reason="delivery")
    return set(events.values_list("subject_kind", "subject_id"))


def test_whose_deliveries_were_read_sees_who_did(busy, staff_client, steward):
    """Which operators have somebody's data may reveal their health: it is logged as an access."""
    staff_client.get("/en/admin/exchange/ledgerentry/subject/person/5/")
    assert logged_accesses(steward) == {("person", 5)}


def test_whose_report_was_read_sees_who_did(family_package, staff_client, steward, monkeypatch):
    monkeypatch.setattr(contract.registered.kinds["person"], "explainer", ByNumber())
    report = StatusReport.objects.create(
        operator=family_package, reference="FP-7", kind="enrolment", subject="0000 0000 0007",
        status="approved", occurred_at=timezone.now(),
    )  # fmt: skip
    staff_client.get(address("statusreport_changelist"))
    listed = AuditEvent.objects.filter(action="listed").values_list("subject_kind", "subject_id")
    assert set(listed) == {("person", 7)}
    staff_client.get(address("statusreport_change", str(report.pk)))
    assert logged_accesses(steward) == {("person", 7)}


@pytest.mark.parametrize("page", ["ledgerentry_changelist", "attempt_changelist"])
def test_who_stands_on_a_list_of_deliveries_sees_it(busy, staff_client, page):
    rows = staff_client.get(address(page)).context["cl"].result_list
    listed = AuditEvent.objects.filter(action="listed", subject_kind="person")
    assert set(listed.values_list("subject_id", flat=True)) == {row.subject_id for row in rows} != set()


def test_our_own_number_is_found_in_khmer_digits_and_a_report_by_its_reference(
    busy, staff_client, family_package
):
    answer = staff_client.post(address("ledgerentry_find"), {"number": "៧"})
    assert answer["Location"].endswith("/subject/person/7/")
    StatusReport.objects.create(
        operator=family_package, reference="FP-77", kind="enrolment", subject="x", status="approved",
        occurred_at=timezone.now(),
    )  # fmt: skip
    assert "FP-77" in staff_client.post(address("ledgerentry_find"), {"number": "FP-77"}).content.decode()


def test_a_steward_sets_the_pace_and_it_is_noted(family_package, staff_client, steward):
    pace = {"rate_per_minute": "៦០០", "quiet_from": "22:00", "quiet_to": "06:00"}
    staff_client.post(address("operator_change", "family_package"), {**pace, "_seen": seen(family_package)})
    family_package.refresh_from_db()
    assert (family_package.rate_per_minute, family_package.quiet_from) == (600, time(22))
    noted = AuditEvent.objects.get(action="pace")
    assert (noted.actor_id, noted.details["rate_per_minute"]) == (steward.pk, 600)


@pytest.mark.parametrize("pace", [{"rate_per_minute": "0"}, {"quiet_from": "22:00"}])
def test_a_pace_that_makes_no_sense_is_refused(family_package, staff_client, pace):
    typed = {**pace, "_seen": seen(family_package)}
    answer = staff_client.post(address("operator_change", "family_package"), typed)
    assert "errornote" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="pace").exists()


def test_the_list_is_reached_through_what_is_outstanding_and_counted_no_further(busy):
    """Among many delivered ones. Scanning the ledger would take seconds with ten million entries."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_ledgerentry (operator_id, kind, subject_id, wanted_version,"
            " delivered_version, revision, delivered_revision, may_have_copy, state, reason, attempts,"
            " announced_at) SELECT 'family_package', 'person', number, 1, 1, number, number, true,"
            " 'delivered', '', 0, now()"
            " FROM generate_series(100, 20000) AS number"
        )
        with as_owner():
            cursor.execute("ANALYZE exchange_ledgerentry, exchange_outstanding")
    ledger = admin.site.get_model_admin(LedgerEntry)
    held = ledger.get_queryset(None).filter(outstanding__held=True).order_by("-id")[:50]
    assert "Seq Scan on exchange_ledgerentry" not in held.explain()
    everything = LedgerEntry.objects.order_by("-id")
    assert ledger.get_paginator(None, everything, 50).count == MAX_COUNTED


def _reasons_in_the_code() -> set[str]:
    """The reasons for which handlers hold a report, and those of the adapters."""
    raised = {
        node.args[0].value
        for package in PACKAGES
        for path in (BASE / package).rglob("*.py")
        if re.search(r"ReportHeld|OperatorUnavailable", text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("ReportHeld", "OperatorUnavailable")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    known = {*database_errors.OF_OPERATOR.values(), *database_errors.CLASS_OF_OPERATOR.values()}
    known |= {reason for _status, reason in database_errors.OF_RECORD.values()}
    known |= {reason for _status, reason in camdx_errors.HTTP_REFUSED.values()}
    for table in (
        "XROAD_TEMPORARY",
        "XROAD_SETUP",
        "DCI_TEMPORARY",
        "DCI_SETUP",
        "HTTP_TEMPORARY",
        "HTTP_SETUP",
    ):
        known |= {fault.reason for fault in getattr(camdx_errors, table).values()}
    return raised | known


def test_every_reason_that_the_code_names_has_words_and_an_advice():
    found = _reasons_in_the_code()
    assert {"disk_full", "unknown_household", "access_denied"} <= found
    assert found - set(reasons.REASONS) == set()
    assert all(reasons.advice(code) for code in reasons.REASONS)
    assert reasons.in_words("something_new") == "something_new"


def test_an_operator_in_its_quiet_hours_is_said_to_be(family_package, staff_client):
    now = timezone.localtime().time()
    Operator.objects.update(quiet_from=time(now.hour), quiet_to=time((now.hour + 1) % 24))
    with translation.override("en"):
        row = cells(staff_client.get(address("operator_changelist")).content.decode())
    assert row["condition"] == "quiet hours"

"""What operators report: stored first, then handled, each in its own transaction."""

import logging
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from django.db import DataError, IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.background.backoff import backoff
from dsp_platform.database.history_context import history_facts
from dsp_platform.exchange.adapters.base import OperatorUnavailable
from dsp_platform.exchange.adapters.directory import adapter_named
from dsp_platform.exchange.adapters.statuses import NO_ZONE, Reported
from dsp_platform.exchange.contract import ReportHeld, registered
from dsp_platform.exchange.ledger import availability, operator_leases
from dsp_platform.exchange.ledger.operator_leases import FencedLease
from dsp_platform.exchange.ledger.retention import kept_since
from dsp_platform.exchange.models import Operator, StatusReport
from dsp_platform.exchange.reports.encrypted_values import encrypted_values

logger = logging.getLogger(__name__)
State = StatusReport.State

PAGE = 1000
# Serial numbers become visible in the order of commits, not of numbers: so many are read again each time.
WINDOW = 200
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(minutes=10)
# A task ends after this long, however many reports wait.
TURN_SECONDS = 60.0
# Handled again each night for so long: a subject may be registered meanwhile, a programme published.
UNKNOWN = ("unknown_subject", "unknown_household", "unknown_programme")
UNKNOWN_DAYS = 30
CANNOT_BE_STORED = (DataError, IntegrityError, UnicodeEncodeError)
NO_DATABASE = (InterfaceError, OperationalError)
UNREACHABLE = {"unreachable", "time_out", "wrong_password", "missing_database", "not_configured"}


def store(operator: Operator, reported: Sequence[Reported]) -> None:
    """A report that is stored already is not changed, unless it was held for want of a time zone."""
    references = [report.reference for report in reported]
    stored = StatusReport.objects.filter(operator=operator, reference__in=references)
    known = dict(stored.values_list("reference", "reason"))
    for report in reported:
        if known.get(report.reference) == NO_ZONE and not report.problem:
            _read_at_last(stored, report)
    new = [report for report in reported if report.reference not in known]
    try:
        _add([_row(operator, report) for report in new])
    except CANNOT_BE_STORED:
        # One that cannot be stored is held without its values and does not affect the others.
        for report in new:
            try:
                _add([_row(operator, report)])
            except CANNOT_BE_STORED:
                bare = replace(report, values={}, occurred_at=timezone.now(), problem="cannot_be_stored")
                _add([_row(operator, bare)])


def _read_at_last(stored: QuerySet[StatusReport], report: Reported) -> None:
    held = stored.filter(reference=report.reference, state=State.HELD, reason=NO_ZONE)
    held.update(occurred_at=report.occurred_at, state=State.RECEIVED, reason="", attempts=0, not_before=Now())


def _add(rows: list[StatusReport]) -> None:
    with transaction.atomic():
        # Another worker may be storing the same reports.
        StatusReport.objects.bulk_create(rows, ignore_conflicts=True)


def _row(operator: Operator, report: Reported) -> StatusReport:
    return StatusReport(
        operator=operator,
        reference=report.reference,
        kind=report.kind,
        subject=report.subject,
        status=report.status,
        values=encrypted_values(report.values),
        occurred_at=report.occurred_at,
        state=State.HELD if report.problem else State.RECEIVED,
        reason=report.problem,
    )


def pull(code: str) -> bool:
    """Read the operator's status table once. True if there may be more.

    Under a lease, so that an operator that hangs blocks one worker and not all of them.
    """
    with operator_leases.taken(code, operator_leases.PULL) as lease:
        return lease is not None and _pull(lease)


def _pull(lease: FencedLease) -> bool:
    code = lease.operator
    operator = Operator.objects.get(pk=code)
    if not operator.status_mapping or not availability.operator_ready(code):
        return False
    try:
        with closing(adapter_named(operator.adapter).open(operator)) as session:
            reported = session.pull(max(0, operator.pull_cursor - WINDOW), WINDOW + PAGE)
            restarted = not reported and operator.pull_cursor > 0 and bool(session.pull(0, 1))
    except OperatorUnavailable as error:
        _pull_failed(lease, error.reason)
        return False
    except ValueError as error:
        logger.error("reports of %s cannot be read: %s", code, type(error).__name__)
        _pull_failed(lease, "bad_mapping")
        return False
    if restarted:
        # Their table was restored or emptied and its numbers start again: read all of it once more.
        Operator.objects.filter(pk=code, pull_cursor=operator.pull_cursor).update(pull_cursor=0)
        return True
    newest = max((report.cursor for report in reported), default=operator.pull_cursor)
    with transaction.atomic():
        store(operator, reported)
        Operator.objects.filter(pk=code, pull_cursor__lt=newest).update(pull_cursor=newest)
        Operator.objects.filter(pk=code).exclude(pull_error="").update(pull_error="")
    return len(reported) == WINDOW + PAGE


def _pull_failed(lease: FencedLease, reason: str) -> None:
    """An operator that cannot be reached is retried later; a bad status table does not stop deliveries."""
    if not lease.renew():
        return  # this worker was suspended, and its session broke
    Operator.objects.filter(pk=lease.operator).update(pull_error=reason)
    if reason in UNREACHABLE:
        availability.operator_failed(lease, reason)


def waiting_reports(limit: int = PAGE) -> list[int]:
    waiting = StatusReport.objects.filter(state=State.RECEIVED, not_before__lte=Now())
    return list(waiting.order_by("not_before", "id").values_list("pk", flat=True)[:limit])


def handle_report(report_id: int) -> None:
    """Run the domain's handler with the report locked, in one transaction."""
    try:
        with transaction.atomic():
            report = (
                StatusReport.objects.select_for_update(skip_locked=True)
                .filter(pk=report_id, state=State.RECEIVED)
                .first()
            )
            if report is None:
                return
            _run(report)
    except Exception as error:
        logger.error("report %s not handled: %s", report_id, type(error).__name__)
        _try_later(report_id)


def _run(report: StatusReport) -> None:
    try:
        if report.kind not in registered.reports:
            raise ReportHeld("no_handler")
        with transaction.atomic(), history_facts(operator=report.operator_id):
            registered.reports[report.kind].handle(report)
    except ReportHeld as held:
        report.state, report.reason = State.HELD, held.reason[:64]
    else:
        report.state, report.reason = State.HANDLED, ""
        report.handled_at = timezone.now()
    report.save(update_fields=["state", "reason", "handled_at"])


def _try_later(report_id: int) -> None:
    """Reads only the number of attempts: another value of the row may be what cannot be read."""
    with transaction.atomic():
        row = StatusReport.objects.select_for_update().filter(pk=report_id, state=State.RECEIVED)
        tried = row.values_list("attempts", flat=True).first()
        if tried is None:
            return
        attempts = tried + 1
        wait = backoff(attempts, first=FIRST_WAIT, longest=LONGEST_WAIT)
        row.update(attempts=attempts, not_before=Now() + wait)
        if attempts >= MOST_ATTEMPTS:
            row.update(state=State.HELD, reason="handler_failed")


def handle_waiting() -> int:
    """How many were handled or put off. Each has its own transaction: failures stay isolated."""
    until = time.monotonic() + TURN_SECONDS
    seen: set[int] = set()
    while fresh := [report for report in waiting_reports() if report not in seen]:
        for report_id in fresh:
            try:
                handle_report(report_id)
            except NO_DATABASE:
                raise
            except Exception as error:
                logger.error("report %s not put off: %s", report_id, type(error).__name__)
            seen.add(report_id)
            if time.monotonic() >= until:
                return len(seen)
    return len(seen)


def retry_unknown() -> int:
    """Handle reports about unknown subjects again; a steward may do so at any time."""
    since = timezone.now() - timedelta(days=UNKNOWN_DAYS)
    unknown = StatusReport.objects.filter(state=State.HELD, reason__in=UNKNOWN, received_at__gte=since)
    return unknown.update(state=State.RECEIVED, not_before=Now())


def retry_reports(*, reports: QuerySet[StatusReport], actor: User) -> int:
    """Handle held reports again that still have their values: without them they would mean something else.

    Those held for want of a time zone are read again instead: they have no moment that could be handled.
    """
    with transaction.atomic():
        held = reports.filter(state=StatusReport.State.HELD, received_at__gte=kept_since())
        unread = held.filter(reason=NO_ZONE)
        Operator.objects.filter(pk__in=list(unread.values_list("operator", flat=True))).update(pull_cursor=0)
        changed = held.exclude(reason=NO_ZONE).update(
            state=StatusReport.State.RECEIVED, reason="", attempts=0, not_before=Now()
        )
        audit.record(actor=actor, action="retry", subject_kind="report", details={"rows": changed})
    return changed

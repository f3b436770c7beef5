"""The job that compares an operator with the ledger: one query a step, so that it can be resumed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.background.backoff import backoff
from dsp_platform.background.faults import apart
from dsp_platform.exchange.adapters.base import Comparable, OperatorUnavailable
from dsp_platform.exchange.adapters.directory import adapter_named
from dsp_platform.exchange.ledger import availability
from dsp_platform.exchange.ledger.jobs import register_operator_job
from dsp_platform.exchange.models import Agreement, Operator
from dsp_platform.exchange.reconcile import compare
from dsp_platform.exchange.reconcile.ranges import KeyRange
from dsp_platform.jobs.kinds import Cursor, JobStep
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import create_job

KIND = "reconcile"
# About an hour, with backoff; then the kind is skipped until the next night.
TRIES = 10
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(slots=True)
class Run:
    """The progress, which is the job's cursor. The current agreement is the first of ``left``."""

    left: list[int]
    parts: list[list[int]] | None = None
    tally: dict[str, int] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    total: int = 0
    done: int = 0
    tries: int = 0
    retry_at: str = ""

    @property
    def waits(self) -> bool:
        return bool(self.retry_at) and datetime.fromisoformat(self.retry_at) > timezone.now()

    def set_progress(self, still_open: int) -> None:
        """``still_open`` numbers are to be examined. Progress never goes back: numbers that only the operator
        has are not in the total, and smaller ranges may show more of them."""
        self.done = max(self.done, self.total - still_open)

    def next(self, kind: str, result: Mapping[str, Any]) -> None:
        self.result[kind] = dict(result)
        self.left, self.parts, self.tally = self.left[1:], None, {}
        self.tries, self.retry_at = 0, ""

    def wait(self) -> None:
        self.tries += 1
        wait = backoff(self.tries, first=FIRST_WAIT, longest=LONGEST_WAIT)
        self.retry_at = (timezone.now() + wait).isoformat()


def reconcile_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    operator = Operator.objects.get(pk=parameters["operator"])
    if cursor:
        run = Run(**cursor)
    else:
        run = Run([agreement.pk for agreement in compare.agreements_to_compare(operator.pk)])
    if not operator.active:
        return JobStep(None, 0, result=run.result | {"problem": "not_active"})
    if run.waits or not availability.operator_ready(operator.pk):
        return JobStep(asdict(run), 0, later=operator.last_error or "operator_waits")
    if not run.left:
        return _finished(operator, run, 0)
    agreement = Agreement.objects.get(pk=run.left[0])
    before = run.done
    try:
        comparable = _compare(operator, agreement, run)
    except OperatorUnavailable as error:
        return _put_off(operator, agreement, run, error.reason)
    except OperationalError:
        # Its rows were locked by an announcement.
        return _put_off(operator, agreement, run, "busy")
    if not comparable:
        return JobStep(None, 0, result={"comparable": False})
    return _finished(operator, run, run.done - before)


def _compare(operator: Operator, agreement: Agreement, run: Run) -> bool:
    """False if the operator cannot be compared."""
    session = adapter_named(operator.adapter).open(operator)
    try:
        if not isinstance(session, Comparable):
            return False
        with transaction.atomic():
            if run.parts is None:
                comparison = compare.begin(session, agreement)
                run.total += comparison.tally.compared
            else:
                parts = [KeyRange(*part) for part in run.parts]
                comparison = compare.Comparison(parts, compare.Tally(**run.tally))
                compare.continue_with(session, agreement, comparison)
    finally:
        session.close()
    run.tries, run.retry_at = 0, ""
    run.parts = [list(part) for part in comparison.parts]
    run.tally = asdict(comparison.tally)
    run.set_progress(comparison.open)
    if not comparison.parts:
        run.next(agreement.kind, run.tally)
    return True


def _finished(operator: Operator, run: Run, done: int) -> JobStep:
    """The result of a step; without agreements left it ends the job."""
    if run.left:
        return JobStep(asdict(run), done, total=run.total, result=run.result)
    if not any("problem" in found for found in run.result.values()):
        Operator.objects.filter(pk=operator.pk).update(reconciled_at=timezone.now())
    return JobStep(None, done, total=run.total, result=run.result)


def _put_off(operator: Operator, agreement: Agreement, run: Run, reason: str) -> JobStep:
    """After the last try the kind is skipped and the others go on."""
    run.wait()
    if run.tries < TRIES:
        return JobStep(asdict(run), 0, later=reason)
    run.next(agreement.kind, {**run.tally, "problem": reason})
    return _finished(operator, run, 0)


def start_reconciliation(*, operator: Operator, actor: User | None) -> Job:
    """The job that compares this operator: the one not finished yet, or a new one."""
    with transaction.atomic():
        # So that two started at once are one job.
        Operator.objects.select_for_update(no_key=True).get(pk=operator.pk)
        unfinished = Job.objects.filter(
            kind=KIND,
            parameters__operator=operator.pk,
            state__in=[Job.State.WAITING, Job.State.RUNNING],
        )
        if job := unfinished.first():
            return job
        audit.record(actor=actor, action=KIND, subject_kind="operator", details={"operator": operator.pk})
        return create_job(kind=KIND, parameters={"operator": operator.pk}, created_by=actor)


def reconcile_all() -> None:
    for operator in Operator.objects.filter(active=True, paused_at=None):
        with apart("exchange.reconcile"):
            start_reconciliation(operator=operator, actor=None)


register_operator_job(KIND, _("Comparison with an operator"), reconcile_step)

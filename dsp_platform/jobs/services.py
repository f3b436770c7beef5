import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.background import workers
from dsp_platform.database import locks
from dsp_platform.database.sqlstates import is_passing
from dsp_platform.jobs.kinds import kinds
from dsp_platform.jobs.models import Job

logger = logging.getLogger(__name__)

TURN_SECONDS = 60.0
# A running job without a heartbeat for so long has lost its worker.
HEARTBEAT_TIMEOUT = timedelta(seconds=60)


def create_job(*, kind: str, parameters: Mapping[str, Any], created_by: User | None) -> Job:
    """Part of the caller's transaction; picked up after commit. Raises KeyError for an unknown kind."""
    kinds.registered[kind]
    job = Job.objects.create(kind=kind, parameters=dict(parameters), created_by=created_by)
    workers.notify_on_commit("jobs.run", [str(job.pk)])
    return job


def retry_job(*, job: Job, actor: User) -> None:
    """A failed job goes on where it stopped."""
    with transaction.atomic():
        failed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
        if failed.update(state=Job.State.WAITING, error="", ended_at=None):
            audit.record(actor=actor, action="retry", subject_kind="job", subject_id=job.pk)
        workers.notify_on_commit("jobs.run", [str(job.pk)])


def unfinished_jobs() -> list[int]:
    """Waiting, or running on a worker that was lost."""
    lost = Q(state=Job.State.RUNNING, heartbeat_at__lt=Now() - HEARTBEAT_TIMEOUT)
    jobs = Job.objects.filter(Q(state=Job.State.WAITING) | lost)
    return list(jobs.order_by("pk").values_list("pk", flat=True))


def run_job(job_id: int, *, turn: float = TURN_SECONDS) -> bool:
    """Do steps for at most ``turn`` seconds. True if there is more to do.

    Cursor and work are written in one transaction, so that a worker that dies repeats and skips nothing. A
    second worker skips the locked row. A database that is restarted, or a deadlock, is no failure of the job.
    """
    until = time.monotonic() + turn
    while time.monotonic() < until:
        try:
            if not _step(job_id):
                return False
        except Exception as error:
            if is_passing(error):
                logger.warning("job %s goes on at the next sweep: %s", job_id, type(error).__name__)
                return False
            logger.error("job %s failed: %s", job_id, type(error).__name__)
            Job.objects.filter(pk=job_id).update(
                state=Job.State.FAILED, error=type(error).__name__[:200], ended_at=timezone.now()
            )
            return False
    return True


@transaction.atomic
def _step(job_id: int) -> bool:
    locks.limit_idle("5min")  # a step may wait for an operator's answer in this transaction
    open_states = (Job.State.WAITING, Job.State.RUNNING)
    job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id, state__in=open_states).first()
    if job is None:
        return False
    with transaction.atomic():
        step = kinds.of(job.kind).work(job.parameters, job.cursor)
    finished = step.cursor is None
    Job.objects.filter(pk=job_id).update(
        state=Job.State.DONE if finished else Job.State.WAITING if step.later else Job.State.RUNNING,
        cursor=job.cursor if finished else step.cursor,
        done=F("done") + step.done,
        total=job.total if step.total is None else step.total,
        result=job.result if step.result is None else dict(step.result),
        error=step.later,
        heartbeat_at=Now(),
        ended_at=timezone.now() if finished else None,
    )
    return not finished and not step.later

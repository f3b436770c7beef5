"""How far an import is: for the command line, and for its page."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from dsp_platform.database.sqlstates import is_passing
from dsp_platform.jobs import services as jobs
from dsp_platform.jobs.models import Job
from registry.imports.runs.jobs import STAGE
from registry.models import ImportRun

ENDED = (Job.State.DONE, Job.State.FAILED)
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 300
"""So long a database may take to be restarted."""


@dataclass(frozen=True, slots=True)
class Progress:
    kind: str
    done: int
    total: int | None
    """None where a file does not tell before its end how many rows it has."""
    rate: float
    """Rows a second since the job began."""
    state: str

    @property
    def left(self) -> timedelta | None:
        if not self.total or not self.rate:
            return None
        return timedelta(seconds=round(max(self.total - self.done, 0) / self.rate))

    @property
    def is_estimate(self) -> bool:
        """How many rows a file has is known for certain when it has been read."""
        return self.kind == STAGE and self.state not in ENDED

    @property
    def percent(self) -> int | None:
        return min(100, 100 * self.done // self.total) if self.total else None


def progress_of(job: Job) -> Progress:
    until = job.heartbeat_at if job.state in ENDED and job.heartbeat_at else timezone.now()
    seconds = max((until - job.created_at).total_seconds(), 0.001)
    return Progress(job.kind, job.done, job.total, job.done / seconds, job.state)


def follow(
    run: ImportRun,
    show: Callable[[Progress], None] = lambda _progress: None,
    waits: Callable[[], None] = lambda: None,
) -> Job:
    """Work here until the run waits for a human: one job after the other, or beside another worker that has
    taken one up. Returns the last job, which may have failed.

    A database that does not answer is waited for, and ``waits`` called. Raises OperationalError or
    InterfaceError where it stays away.
    """
    until = None
    while True:
        try:
            if job := _turn(run, show):
                return job
            until = None
        except (OperationalError, InterfaceError) as error:
            until = until or time.monotonic() + PATIENCE_SECONDS
            if not is_passing(error) or time.monotonic() > until:
                raise
            if not connection.in_atomic_block:
                connection.close()  # a broken one would stay so
            waits()
            time.sleep(PAUSE_SECONDS)


def _turn(run: ImportRun, show: Callable[[Progress], None]) -> Job | None:
    """The job, if it has ended and no other one follows it."""
    run.refresh_from_db()
    job = Job.objects.get(pk=run.job_id or 0)
    more = jobs.run_job(job.pk, turn=2)
    job.refresh_from_db()
    show(progress_of(job))
    if job.state not in ENDED:
        if not more:  # another worker has it, or it waits
            time.sleep(PAUSE_SECONDS)
        return None
    run.refresh_from_db()
    return job if job.pk == run.job_id else None

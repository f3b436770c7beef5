"""How far an import is: for the command line, and for its page."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from dsp_platform.jobs import services as jobs
from dsp_platform.jobs.models import Job
from registry.models import ImportRun

ENDED = (Job.State.DONE, Job.State.FAILED)


@dataclass(frozen=True, slots=True)
class Progress:
    kind: str
    done: int
    total: int | None
    """None while the file is read: how many rows it has is known at its end."""
    rate: float
    """Rows a second since the job began."""
    state: str

    @property
    def left(self) -> timedelta | None:
        if not self.total or not self.rate:
            return None
        return timedelta(seconds=round(max(self.total - self.done, 0) / self.rate))

    @property
    def percent(self) -> int | None:
        return min(100, 100 * self.done // self.total) if self.total else None


def progress_of(job: Job) -> Progress:
    until = job.heartbeat_at if job.state in ENDED and job.heartbeat_at else timezone.now()
    seconds = max((until - job.created_at).total_seconds(), 0.001)
    return Progress(job.kind, job.done, job.total, job.done / seconds, job.state)


def follow(run: ImportRun, show: Callable[[Progress], None] = lambda _progress: None) -> Job:
    """Work here until the run waits for a human: one job after the other, or beside another worker that has
    taken one up. Returns the last job, which may have failed."""
    while True:
        run.refresh_from_db()
        job = Job.objects.get(pk=run.job_id or 0)
        while jobs.run_job(job.pk, turn=2) or _elsewhere(job):
            job.refresh_from_db()
            show(progress_of(job))
        job.refresh_from_db()
        show(progress_of(job))
        run.refresh_from_db()
        if job.pk == run.job_id:
            return job


def _elsewhere(job: Job) -> bool:
    job.refresh_from_db()
    if job.state in ENDED:
        return False
    time.sleep(0.5)
    return True

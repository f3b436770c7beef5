from celery import shared_task

from dsp_platform.background import workers
from dsp_platform.jobs import services


@shared_task(name="jobs.run")
def run(job_id: str) -> None:
    if services.run_job(int(job_id)):
        workers.notify("jobs.run", [job_id])


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Jobs whose message was lost or whose worker died."""
    workers.notify("jobs.run", [str(job) for job in services.unfinished_jobs()])

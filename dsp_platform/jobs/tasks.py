from celery import shared_task

from dsp_platform import nudge
from dsp_platform.jobs import services
from dsp_platform.jobs.first_fill import fill_new_agreements
from dsp_platform.jobs.reconciliation import reconcile_all
from dsp_platform.jobs.reconsider import reconsider_all
from dsp_platform.jobs.withdraw_all import withdraw_ended_agreements


@shared_task(name="jobs.run")
def run(job_id: str) -> None:
    if services.run_job(int(job_id)):
        nudge.send("jobs.run", [job_id])


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """What a lost nudge or a dead worker left undone, and what new and ended agreements ask for."""
    fill_new_agreements()
    withdraw_ended_agreements()
    nudge.send("jobs.run", [str(job) for job in services.unfinished_jobs()])


@shared_task(name="exchange.reconsider")
def reconsider() -> None:
    """Each night: whom the agreements concern by now."""
    reconsider_all()


@shared_task(name="exchange.reconcile")
def reconcile() -> None:
    """Each night: whether the operators hold what the ledger says."""
    reconcile_all()

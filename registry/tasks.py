from celery import shared_task

from dsp_platform.background import workers
from registry.beneficiaries.expiry import expire_levels
from registry.coverage.counting import count_coverage
from registry.duplicates import sweep
from registry.phones.replacements.services import apply_due
from registry.provenance.services import end_agreed

SWEEP = "matching.sweep"


@shared_task(name="registry.replace_phones")
def replace_phones() -> int:
    return apply_due()


@shared_task(name="registry.expire_levels")
def expire_poverty_levels() -> None:
    expire_levels()


@shared_task(name=SWEEP)
def sweep_matching(code: str) -> None:
    workers.mark_started(SWEEP, code)
    if sweep.sweep():
        workers.notify(SWEEP, [code])


@shared_task(name="matching.sweep_waiting")
def sweep_waiting() -> None:
    """Notify a worker of whom a lost message or a dead worker left to be compared."""
    sweep.end_merged()
    if sweep.is_waiting():
        workers.notify(SWEEP, ["waiting"])


@shared_task(name="registry.end_conflicts")
def end_conflicts_that_agree() -> None:
    end_agreed()


@shared_task(name="registry.count_coverage")
def count_coverage_again() -> int:
    return count_coverage()

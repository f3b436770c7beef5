from celery import shared_task

from dsp_platform.background import workers
from registry.appointments.services import purge_appointments
from registry.beneficiaries.expiry import expire_levels
from registry.changes.drafts import purge_change_drafts
from registry.claims.services import purge_claims
from registry.consents.sheets import purge_sheets
from registry.coverage.counting import count_coverage
from registry.duplicates import sweep
from registry.imports.runs import retention as import_retention
from registry.persons import lookups
from registry.phones.replacements.services import apply_due
from registry.provenance.services import end_agreed
from registry.registration import drafts as registration_drafts
from registry.village_days.services import purge_village_days

SWEEP = "matching.sweep"


@shared_task(name="registry.purge_drafts")
def purge_drafts() -> int:
    purges = (
        registration_drafts.purge_drafts,
        purge_change_drafts,
        purge_claims,
        lookups.purge,
        purge_appointments,
        purge_sheets,
        purge_village_days,
    )
    return sum(purge() for purge in purges)


@shared_task(name="registry.purge_imports")
def purge_imports() -> int:
    return import_retention.purge()


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

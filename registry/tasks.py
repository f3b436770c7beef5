from celery import shared_task

from registry.beneficiaries.expiry import expire_levels
from registry.changes.drafts import purge_change_drafts
from registry.claims.services import purge_claims
from registry.coverage.counting import count_coverage
from registry.persons import lookups
from registry.phones.replacements.services import apply_due
from registry.provenance.services import end_agreed
from registry.registration import drafts as registration_drafts


@shared_task(name="registry.purge_drafts")
def purge_drafts() -> int:
    drafts = registration_drafts.purge_drafts() + purge_change_drafts()
    return drafts + purge_claims() + lookups.purge()


@shared_task(name="registry.replace_phones")
def replace_phones() -> int:
    return apply_due()


@shared_task(name="registry.expire_levels")
def expire_poverty_levels() -> None:
    expire_levels()


@shared_task(name="registry.end_conflicts")
def end_conflicts_that_agree() -> None:
    end_agreed()


@shared_task(name="registry.count_coverage")
def count_coverage_again() -> int:
    return count_coverage()

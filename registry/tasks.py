from celery import shared_task

from registry import lookups, services
from registry.services.expiry import expire_levels


@shared_task(name="registry.purge_drafts")
def purge_drafts() -> int:
    drafts = services.purge_drafts() + services.purge_change_drafts()
    return drafts + services.purge_claims() + lookups.purge()


@shared_task(name="registry.replace_phones")
def replace_phones() -> int:
    return services.apply_due()


@shared_task(name="registry.expire_levels")
def expire_poverty_levels() -> None:
    expire_levels()

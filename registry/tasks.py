from celery import shared_task

from registry import services
from registry.services.expiry import expire_levels


@shared_task(name="registry.purge_drafts")
def purge_drafts() -> int:
    return services.purge_drafts() + services.purge_claims() + services.purge_change_drafts()


@shared_task(name="registry.replace_phones")
def replace_phones() -> int:
    return services.apply_due()


@shared_task(name="registry.expire_levels")
def expire_poverty_levels() -> None:
    expire_levels()

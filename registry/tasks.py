from celery import shared_task

from registry import lookups, services
from registry.services.expiry import expire_levels


@shared_task(name="registry.purge_drafts")
def purge_drafts() -> int:
    return (
        services.purge_drafts() + services.purge_claims() + lookups.purge() + services.purge_change_drafts()
    )


@shared_task(name="registry.expire_levels")
def expire_poverty_levels() -> None:
    expire_levels()

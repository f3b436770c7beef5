from celery import shared_task

from registry import services


@shared_task(name="registry.purge_drafts")
def purge_drafts() -> int:
    return services.purge_drafts() + services.purge_claims() + services.purge_change_drafts()

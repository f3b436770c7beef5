from celery import shared_task

from applications.answers import drafts


@shared_task(name="applications.purge_drafts")
def purge_drafts() -> int:
    return drafts.purge()

from celery import shared_task

from dsp_platform.background import retention


@shared_task(name="platform.purge")
def purge() -> None:
    retention.purge_all()

from celery import shared_task

from dsp_platform.offline import services


@shared_task(name="offline.purge")
def purge() -> int:
    return services.purge()

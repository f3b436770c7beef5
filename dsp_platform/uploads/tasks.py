from celery import shared_task

from dsp_platform.uploads import services


@shared_task(name="uploads.tidy")
def tidy() -> None:
    services.purge()
    services.sweep()

from celery import shared_task

from dsp_platform.background import workers
from dsp_platform.uploads import reading, services

READ = "uploads.read"


@shared_task(name=READ)
def read(code: str) -> None:
    workers.mark_started(READ, code)
    if reading.read_waiting():
        workers.notify(READ, [code])


@shared_task(name="uploads.sweep")
def sweep() -> None:
    """Notify a worker of what a lost message or a dead worker left unread."""
    if reading.is_waiting():
        workers.notify(READ, ["waiting"])


@shared_task(name="uploads.tidy")
def tidy() -> None:
    services.sweep()

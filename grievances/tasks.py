from celery import shared_task

from grievances import pins


@shared_task(name="grievances.purge")
def purge() -> int:
    """Forget wrong PINs that no wait is counted from any more."""
    return pins.purge()

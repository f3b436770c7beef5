from celery import shared_task

from grievances import pins


@shared_task(name="grievances.purge")
def purge() -> int:
    """Delete wrong PINs that no longer count towards a wait."""
    return pins.purge()

from celery import shared_task

from applications.review import held


@shared_task(name="applications.carry_out")
def carry_out() -> int:
    """Carry out the held decisions whose time has come."""
    return held.carry_out_due()

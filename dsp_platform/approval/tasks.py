from celery import shared_task

from dsp_platform.approval import services


@shared_task(name="approval.carry_out")
def carry_out() -> None:
    """What was approved for a day that has come. What waited too long, or is broken, is given up."""
    services.lapse_old()
    services.carry_out_due()
    services.give_up_broken(actor=None)

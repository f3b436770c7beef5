from celery import shared_task

from dsp_platform.approval import services


@shared_task(name="approval.carry_out")
def carry_out() -> None:
    """Carry out what is due; close what waited too long or can no longer be carried out."""
    services.lapse_old()
    services.carry_out_due()
    services.close_invalid(actor=None)

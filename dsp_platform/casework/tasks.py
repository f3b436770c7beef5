from celery import shared_task

from dsp_platform.casework import sweep


@shared_task(name="casework.deadlines")
def deadlines() -> int:
    return sweep.sweep()

from celery import shared_task

from dsp_platform.notifications import delivery


@shared_task(name="notifications.deliver")
def deliver(message_id: int) -> None:
    delivery.deliver(message_id)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    delivery.sweep()

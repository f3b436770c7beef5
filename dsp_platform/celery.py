import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dsp_platform.settings")

app = Celery("dsp_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_time_limit=15 * 60,
    task_soft_time_limit=14 * 60,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "visibility_timeout": 60 * 60,
        "socket_timeout": 3,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        # A page must not wait for a dead broker: periodic tasks find the work without a message.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
        "connect_retries_timeout": 1,
    },
    task_publish_retry=False,
    worker_hijack_root_logger=False,
)
app.autodiscover_tasks()

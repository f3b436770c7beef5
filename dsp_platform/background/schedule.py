"""Background tasks: the queue of each, and the periodic ones. Part of the settings."""

from celery.schedules import crontab
from kombu import Queue

# Four queues, each with its own workers, so that none delays another: text messages and sweeps; deliveries,
# which wait for operators; long work; documents, which cost processor time. A worker that is started without
# a queue serves all of them.
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("celery", "delivery", "jobs", "uploads")]
CELERY_TASK_ROUTES = {
    "exchange.drain": {"queue": "delivery"},
    "exchange.pull": {"queue": "delivery"},
    "exchange.reconcile*": {"queue": "jobs"},
    "exchange.reconsider": {"queue": "jobs"},
    "jobs.run": {"queue": "jobs"},
    "matching.sweep": {"queue": "jobs"},
    "registry.count_coverage": {"queue": "jobs"},
    "uploads.read": {"queue": "uploads"},
}
# Tasks that do all the work there is: while a message is queued, a second one would find nothing.
NOTIFIED_ONCE = {"exchange.drain", "exchange.pull", "matching.sweep", "uploads.read"}
CELERY_BEAT_SCHEDULE = {
    "exchange-sweep": {"task": "exchange.sweep", "schedule": 10.0},
    "exchange-pull": {"task": "exchange.pull_all", "schedule": 10.0},
    "notifications-sweep": {"task": "notifications.sweep", "schedule": 10.0},
    "applications-carry-out": {"task": "applications.carry_out", "schedule": 10.0},
    "approval-carry-out": {"task": "approval.carry_out", "schedule": 60.0},
    "exchange-agreements": {"task": "exchange.agreements", "schedule": 30.0},
    "casework-deadlines": {"task": "casework.deadlines", "schedule": 60.0},
    "jobs-sweep": {"task": "jobs.sweep", "schedule": 30.0},
    "matching-sweep": {"task": "matching.sweep_waiting", "schedule": 30.0},
    "uploads-sweep": {"task": "uploads.sweep", "schedule": 10.0},
    "exchange-alerts": {"task": "exchange.alerts", "schedule": 60.0},
    "exchange-tidy": {"task": "exchange.tidy", "schedule": crontab(hour="2", minute="40")},
    "registry-expire-levels": {"task": "registry.expire_levels", "schedule": crontab(hour="0", minute="10")},
    "exchange-reconsider": {"task": "exchange.reconsider", "schedule": crontab(hour="1", minute="0")},
    "exchange-reconcile": {"task": "exchange.reconcile", "schedule": crontab(hour="3", minute="0")},
    "accounts-end-abandoned": {"task": "accounts.end_abandoned", "schedule": 3600.0},
    "platform-purge": {"task": "platform.purge", "schedule": 3600.0},
    "uploads-tidy": {"task": "uploads.tidy", "schedule": 3600.0},
    "registry-replace-phones": {"task": "registry.replace_phones", "schedule": 300.0},
    "registry-end-conflicts": {
        "task": "registry.end_conflicts",
        "schedule": crontab(hour="4", minute="20"),
    },
    "registry-count-coverage": {
        "task": "registry.count_coverage",
        "schedule": crontab(hour="2", minute="10"),
    },
}

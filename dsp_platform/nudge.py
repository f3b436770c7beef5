"""Asking a worker to look now. The row in the database is the promise; this is only speed."""

import logging
import time

from django.db import transaction
from kombu.exceptions import OperationalError

from dsp_platform.celery import app

logger = logging.getLogger(__name__)

# After a failed nudge this process does not try again for so many seconds: a dead broker costs one
# page a moment, not every page.
PAUSE_SECONDS = 10.0

_quiet_until = 0.0


def nudge(task: str, *arguments: str | int) -> None:
    """Queue ``task`` now. Never raises: what a lost nudge meant is found by the task's sweep.

    Arguments are codes and row numbers; never personal data.
    """
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        app.send_task(task, args=arguments)
    except (OperationalError, OSError) as error:
        _quiet_until = time.monotonic() + PAUSE_SECONDS
        logger.warning("broker unreachable (%s): %s waits for its sweep", type(error).__name__, task)


def nudge_on_commit(task: str, *arguments: str | int) -> None:
    transaction.on_commit(lambda: nudge(task, *arguments), robust=True)

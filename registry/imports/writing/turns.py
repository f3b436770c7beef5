"""One import at a time is written or undone: two that bring the same person make one of them."""

from django.db import OperationalError, transaction

from dsp_platform.database.locks import LockName, is_timeout, lock

ANOTHER = "another_import"
"""What a job says that waits for it."""


def take_turn() -> bool:
    """Until the transaction ends. False where another import has it for long: the job goes on later."""
    try:
        with transaction.atomic():
            lock(LockName.IMPORTS, timeout="60s")
    except OperationalError as error:
        if not is_timeout(error):
            raise
        return False
    return True

"""How PostgreSQL plans statements of the transaction, where it cannot know: a table that was just filled has
no statistics yet, and the platform owns no table: only a function of the owner can make them."""

from django.db import connection

_LOOK_UP = {"enable_seqscan": "off", "enable_nestloop": "on", "jit": "off"}
_READ_ALL = {"enable_seqscan": "on", "enable_nestloop": "off", "jit": "off", "work_mem": "128MB"}


def look_up() -> None:
    """For statements about a few thousand rows of large tables: each is found by an index."""
    _set(_LOOK_UP)


def read_all() -> None:
    """For statements about most rows of a large table: sorted or hashed, never looked up one by one."""
    _set(_READ_ALL)


def _set(settings: dict[str, str]) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("The settings hold for a transaction.")
    columns = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns}", [part for setting in settings.items() for part in setting])

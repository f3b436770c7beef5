"""New numbers in the place of those that people have on their cards and letters."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db import connection

from dsp_platform.database.anonymising import history_table
from dsp_platform.database.arrays import text_array
from dsp_platform.database.references import new_reference
from registry.identity.spid import new_spid

PAGE = 5000


def renumber(model: Any, column: str) -> None:
    """References such as ``A-7K3M-92QX``: the letter before the first dash stays."""
    _renumber(model, column, lambda old: new_reference(old.partition("-")[0]))


def renumber_spids(model: Any) -> None:
    _renumber(model, "spid", lambda _old: new_spid())


def _renumber(model: Any, column: str, make: Callable[[str], str]) -> None:
    table, history = model._meta.db_table, history_table(model)
    for old in _pages(f'SELECT "{column}" FROM "{table}" ORDER BY id'):  # noqa: S608
        new = _free(table, column, old, make)
        write(table, column, old, new)
    if history:
        columns = f'"{column}" = held."{column}"'
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{history}" AS event SET {columns} FROM "{table}" held'  # noqa: S608
                " WHERE held.id = event.pgh_obj_id"
            )


def _pages(query: str) -> Iterator[list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        values = [value for (value,) in cursor.fetchall()]
    for start in range(0, len(values), PAGE):
        yield values[start : start + PAGE]


def _free(table: str, column: str, old: Collection[str], make: Callable[[str], str]) -> list[str]:
    """One new number for each, which nobody has."""
    while True:
        new = [make(one) for one in old]
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}" = ANY (%s::text[])',  # noqa: S608
                [text_array(new)],
            )
            (taken,) = cursor.fetchone()
        if not taken and len(set(new)) == len(new):
            return new


def write(table: str, column: str, old: Collection[str], new: Collection[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{table}" AS held SET "{column}" = given.new'  # noqa: S608  # constants only
            f' FROM unnest(%s::text[], %s::text[]) AS given (old, new) WHERE held."{column}" = given.old',
            [text_array(old), text_array(new)],
        )

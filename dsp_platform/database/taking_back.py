"""What one context wrote of a table, taken back: columns that it changed are as they were, rows that it made
are gone.

Nothing but the history is needed for it, which holds what stood there before, and what others wrote since.
"""

from array import array as numbers
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from dsp_platform.database.arrays import array
from dsp_platform.database.history import history_of

PAGE = 5000
_KEYS = """
SELECT pgh_obj_id, bool_or(pgh_label = 'insert') FROM {events} WHERE pgh_context_id = %(context)s
GROUP BY pgh_obj_id ORDER BY pgh_obj_id
"""
_ALL = "SELECT DISTINCT {column} FROM {events} WHERE pgh_context_id = %(context)s"
_RESTORED = "{0} = CASE WHEN before.{0} IS DISTINCT FROM last.{0} THEN before.{0} ELSE now.{0} END"
# Row by row, by the indexes: joined all at once, tables that were just filled are read again for each row.
# "+ 0" because the last of all events would be looked for from the end of the table.
_WRITTEN = """
unnest(%(keys)s::bigint[]) AS given (id)
CROSS JOIN LATERAL (
    SELECT min(pgh_id) AS first, max(pgh_id) AS last, bool_or(pgh_label = 'insert') AS is_new
    FROM {events} WHERE pgh_obj_id = given.id AND pgh_context_id = %(context)s
) AS written
CROSS JOIN LATERAL (SELECT * FROM {events} WHERE pgh_id = written.last LIMIT 1) AS last
LEFT JOIN LATERAL (
    SELECT max(pgh_id + 0) AS pgh_id FROM {events} WHERE pgh_obj_id = given.id AND pgh_id < written.first
) AS earlier ON true
LEFT JOIN LATERAL (SELECT * FROM {events} WHERE pgh_id = earlier.pgh_id LIMIT 1) AS before ON true
"""
_TOUCHED = f"""
SELECT DISTINCT last.{{column}} FROM {_WRITTEN}
LEFT JOIN LATERAL (SELECT * FROM {{table}} WHERE id = given.id LIMIT 1) AS now ON true
WHERE now.id IS NULL OR is_new AND ({{otherwise}})
    OR NOT is_new AND (before.pgh_id IS NULL OR {{changed_again}})
ORDER BY 1
"""  # noqa: S608
_PUT_BACK = f"""
UPDATE {{table}} AS now SET {{values}} FROM {_WRITTEN}
WHERE now.id = given.id AND NOT is_new AND ({{changed}})
RETURNING now.id
"""  # noqa: S608


class Written:
    """``own``: columns that are never put back, such as a number that only grows. ``free``: besides these,
    what others may have written since without standing against it."""

    def __init__(
        self, model: Any, context: UUID, *, own: Sequence[str] = (), free: Sequence[str] = ()
    ) -> None:
        events = history_of(model).model
        columns = {field.column for field in events._meta.fields if not field.column.startswith("pgh_")}
        self._names = {"table": model._meta.db_table, "events": events._meta.db_table}
        self._restored = sorted(columns - {"id", *own})
        self._compared = sorted(columns - {"id", *own, *free})
        self._context = str(context)
        self.made, self.changed = numbers("q"), numbers("q")
        with connection.cursor() as cursor:
            cursor.execute(_KEYS.format(**self._names), {"context": self._context})
            while page := cursor.fetchmany(PAGE):
                for key, is_new in page:
                    (self.made if is_new else self.changed).append(key)

    def touched(self, column: str = "id") -> Iterator[int]:
        """What somebody else changed or deleted since: their keys, or another column of them. Of rows that
        the context did not make, only the columns that it wrote."""
        statement = _TOUCHED.format(
            **self._names,
            column=column,
            otherwise=_any("now.{0} IS DISTINCT FROM last.{0}", self._compared),
            changed_again=_any(
                "before.{0} IS DISTINCT FROM last.{0} AND now.{0} IS DISTINCT FROM last.{0}", self._compared
            ),
        )
        for keys in pages(self.made + self.changed):
            yield from self._fetch(statement, keys)

    def by_others(self, alias: str) -> str:
        """SQL: whether a row of the table was not made by the context, which is ``%(context)s``."""
        events = self._names["events"]
        return (
            f"NOT EXISTS (SELECT FROM {events} AS own WHERE own.pgh_obj_id = {alias}.id"
            " AND own.pgh_context_id = %(context)s AND own.pgh_label = 'insert')"
        )

    def all_of(self, column: str) -> set[int]:
        """The values of a column in all rows, as the context wrote them."""
        return set(self._fetch(_ALL.format(**self._names, column=column), ()))

    def put_back(self) -> list[int]:
        """Returns the keys of those that had other values."""
        statement = _PUT_BACK.format(
            **self._names,
            changed=_any("before.{0} IS DISTINCT FROM last.{0}", self._restored),
            values=", ".join(map(_RESTORED.format, self._restored)),
        )
        return [key for keys in pages(self.changed) for key in self._fetch(statement, keys)]

    def delete(self) -> None:
        """What it made."""
        for keys in pages(self.made):
            with connection.cursor() as cursor:
                gone = f"DELETE FROM {self._names['table']} WHERE id = ANY (%s::bigint[])"  # noqa: S608
                cursor.execute(gone, [array(keys)])

    def _fetch(self, statement: str, keys: Collection[int]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"keys": array(keys), "context": self._context})
            return [key for (key,) in cursor.fetchall()]


def pages(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(keys), PAGE):
        yield keys[at : at + PAGE]


def _any(condition: str, columns: Sequence[str]) -> str:
    return " OR ".join(f"({condition.format(column)})" for column in columns)

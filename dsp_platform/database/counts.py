"""Counts that end at a number: past a thousand nobody needs to know how many there are."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.formats import number_format


def counts_up_to(most: int, querysets: Sequence[QuerySet[Any]]) -> list[int]:
    """In one statement: of each ``most + 1`` rows are read at most, in its order, so that the index which
    serves the order is read and no further."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in querysets:
        try:
            sql, params = rows.values("pk")[: most + 1].query.sql_with_params()
        except EmptyResultSet:
            sql, params = "SELECT 1 WHERE FALSE", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) part)")  # noqa: S608
        values += params
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def in_words(count: int, most: int) -> str:
    """As ``1,000+`` where there are more than were counted."""
    shown = number_format(min(count, most), force_grouping=True)
    return f"{shown}+" if count > most else shown

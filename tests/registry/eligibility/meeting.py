"""Whom a statement finds that is made of a rule, as those over the records of operators are."""

from collections.abc import Collection

from django.db import connection

from registry.eligibility.sql import HOME_TABLES, LIVING, OF_PERSONS, as_part
from registry.rules.nodes import Node


def persons_meeting(rule: Node, among: Collection[int] | None = None) -> list[int]:
    """Ids, ascending, of those who surely meet the rule."""
    part = as_part(rule, "" if among is None else OF_PERSONS)
    where, values = f"{LIVING} AND {part.condition}", dict(part.values)
    if among is not None:
        where, values["subjects"] = f"person.id = ANY (%(subjects)s::bigint[]) AND {where}", list(among)
    tables = f"registry_person person{HOME_TABLES}{part.tables}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT person.id FROM {tables} WHERE {where} ORDER BY person.id", values)
        return [pk for (pk,) in cursor.fetchall()]

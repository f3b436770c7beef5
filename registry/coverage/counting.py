"""Counts by commune, made anew each night: judging all programmes for the whole registry takes seconds."""

from django.db import connection, transaction
from django.utils import timezone

from registry.coverage.sql import judged
from registry.eligibility.sql import LIVING
from registry.models import CoverageCount

Kind = CoverageCount.Kind
COMMUNE = "left(person.village_id, 6)"
SEVERAL = f"""
WITH held AS (
    SELECT DISTINCT person_id, programme_id FROM registry_enrolment WHERE state <> 'ended'
), several AS (
    SELECT person_id FROM held GROUP BY person_id HAVING count(*) >= 2
)
SELECT NULL, {COMMUNE}, count(*)
FROM several JOIN registry_person person ON person.id = several.person_id
WHERE {LIVING} GROUP BY 2
UNION ALL
SELECT held.programme_id, {COMMUNE}, count(*)
FROM several JOIN held USING (person_id) JOIN registry_person person ON person.id = held.person_id
WHERE {LIVING} GROUP BY 1, 2
"""  # noqa: S608  # constants only


def count_coverage() -> int:
    """Replaces the counts. Returns how many there are."""
    now = timezone.now()
    rows = [
        CoverageCount(kind=kind, programme_id=programme, commune=commune, persons=persons, counted_at=now)
        for kind, found in ((Kind.SEVERAL, _several()), (Kind.NONE, _none()))
        for programme, commune, persons in (*found, _in_the_country(found))
    ]
    with transaction.atomic():
        CoverageCount.objects.all().delete()
        CoverageCount.objects.bulk_create(rows, batch_size=5000)
    return len(rows)


Counted = list[tuple[int | None, str, int]]


def _in_the_country(found: Counted) -> tuple[None, str, int]:
    return None, "", sum(persons for programme, _commune, persons in found if programme is None)


def _several() -> Counted:
    with connection.cursor() as cursor:
        cursor.execute(SEVERAL)
        return list(cursor.fetchall())


def _none() -> Counted:
    """One pass over the registry for all programmes."""
    likely = judged()
    conditions = [likely.likely_for_any, *likely.parts.conditions]
    counts = ", ".join(f"count(*) FILTER (WHERE {one})" for one in conditions)
    query = f"SELECT {COMMUNE}, {counts} FROM {likely.tables} WHERE {likely.none} GROUP BY 1"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, likely.parts.values)
        rows = cursor.fetchall()
    programmes: list[int | None] = [None, *(one.pk for one in likely.programmes)]
    return [
        (programme, commune, count)
        for commune, *numbers in rows
        for programme, count in zip(programmes, numbers, strict=True)
        if count
    ]

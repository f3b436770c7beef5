from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Sum
from django.db.models.functions import Left

from registry.coverage.sql import (
    IN_PROGRAMME,
    IN_SEVERAL,
    OF_AREA,
    WITHIN,
    judged,
)
from registry.eligibility.sql import LIVING
from registry.models import Area, CoverageCount, Enrolment, Person, Programme

Kind = CoverageCount.Kind
COMMUNE = 6


@dataclass(frozen=True, slots=True)
class AreaCount:
    area: Area
    persons: int


@dataclass(frozen=True, slots=True)
class Reached:
    person: Person
    programmes: list[str]
    """Of several, those that they are in; of none, those that they are likely for."""


def counted_at() -> datetime | None:
    """None before the first count."""
    found: datetime | None = CoverageCount.objects.aggregate(at=Max("counted_at"))["at"]
    return found


def totals() -> dict[tuple[str, int | None], int]:
    """By kind and programme."""
    rows = CoverageCount.objects.exclude(commune="").values_list("kind", "programme").annotate(Sum("persons"))
    return {(kind, programme): persons for kind, programme, persons in rows}


def counts_within(kind: str, programme: Programme | None, area: str) -> list[AreaCount]:
    """By the areas that lie directly in it: provinces, where it is empty."""
    rows = CoverageCount.objects.filter(kind=kind, programme=programme, commune__startswith=area)
    rows = rows.exclude(commune="")
    counted = rows.annotate(part=Left("commune", len(area) + 2)).values_list("part").annotate(Sum("persons"))
    found = dict(counted.order_by("part"))
    areas = Area.objects.in_bulk(found)
    return [AreaCount(areas[code], persons) for code, persons in found.items() if code in areas]


def page_of(kind: str, programme: Programme | None, commune: str, *, after: int, most: int) -> list[Reached]:
    """Of one commune, by key."""
    values: dict[str, Any] = {"area": f"{commune}%", "after": after, "most": most}
    if kind == Kind.SEVERAL:
        condition = f"{IN_SEVERAL} AND {IN_PROGRAMME}" if programme else IN_SEVERAL
        values["programme"] = programme.pk if programme else None
        query = _page(f"registry_person person WHERE {LIVING} AND {condition}", [])
        persons = _rows(query, values)
        held = Enrolment.objects.filter(person__in=[pk for pk, *_flags in persons]).exclude(state="ended")
        names: dict[int, list[str]] = {}
        for one in held.select_related("programme").order_by("pk"):
            names.setdefault(one.person_id, []).append(one.programme.name)
    else:
        likely = judged([programme] if programme else None, OF_AREA)
        tables = f"{likely.tables} WHERE {likely.none} AND {likely.likely_for_any}"
        persons = _rows(_page(tables, likely.parts.conditions), {**likely.parts.values, **values})
        names = {
            pk: [one.name for one, flag in zip(likely.programmes, flags, strict=True) if flag]
            for pk, *flags in persons
        }
    rows = Person.objects.select_related("village").in_bulk([pk for pk, *_flags in persons])
    return [Reached(rows[pk], names.get(pk, [])) for pk, *_flags in persons]


def _page(tables: str, columns: Sequence[str]) -> str:
    shown = ", ".join(("person.id", *columns))
    return (
        f"SELECT {shown} FROM {tables} AND {WITHIN} AND person.id > %(after)s"  # noqa: S608
        " ORDER BY person.id LIMIT %(most)s"
    )


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())

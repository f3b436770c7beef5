from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from registry.models import Person, SourceConflict
from registry.persons.origins import source_of
from registry.provenance.columns import OF_A_PERSON, text_on_record


@dataclass(frozen=True, slots=True)
class Group:
    source: str
    field: str
    count: int
    newest: int
    """The key of the newest conflict in it."""


@dataclass(frozen=True, slots=True)
class Origin:
    column: str
    value: str
    source: str
    """The code of the import source; "" for what people told."""


def open_conflicts(source: str, field: str) -> QuerySet[SourceConflict]:
    return SourceConflict.objects.filter(state=SourceConflict.State.OPEN, source=source, field=field)


def is_contradicted_by(source: str) -> bool:
    """Whether a conflict of this source is open."""
    return SourceConflict.objects.filter(state=SourceConflict.State.OPEN, source=source).exists()


def groups() -> list[Group]:
    """Open conflicts by source and field, the most first."""
    rows = SourceConflict.objects.filter(state=SourceConflict.State.OPEN).values("source", "field")
    counted = rows.annotate(count=Count("pk"), newest=Max("pk")).order_by("-count", "source", "field")
    return [Group(row["source"], row["field"], row["count"], row["newest"]) for row in counted]


def page_of(source: str, field: str, *, after: int, most: int) -> list[SourceConflict]:
    rows = open_conflicts(source, field).select_related("person").filter(pk__gt=after)
    return list(rows.order_by("pk")[:most])


def conflicts_of(person: Person) -> QuerySet[SourceConflict]:
    return person.source_conflicts.filter(state=SourceConflict.State.OPEN).order_by("field", "source")


def origins_of(person: Person) -> Iterator[Origin]:
    """Of the columns that sources may give, those that are known."""
    for column in OF_A_PERSON:
        if value := text_on_record(person, column):
            yield Origin(column, value, source_of(person.origins, column))

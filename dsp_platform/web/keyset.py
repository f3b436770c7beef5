"""Pages of a list that are found by the place of a row: by an index, whatever became of that row since."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db.models import Q, QuerySet

from dsp_platform.web.forms import row_number

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Place:
    """That of a row in a list sorted by a time and the key: written into addresses of pages."""

    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Place":
        """Raises SuspiciousOperation where no page of ours has written it."""
        time, _dot, key = text.partition(".")
        micros, pk = row_number(time), row_number(key)
        if micros is None or pk is None or micros > _LAST:
            raise SuspiciousOperation("no place in a list")
        return cls(_EPOCH + micros * _MICROSECOND, pk)

    @classmethod
    def of(cls, rows: QuerySet[Any], row: Any) -> "Place":
        """Of one of these rows."""
        return cls(getattr(row, _time_of(rows)), row.pk)


def page_after(rows: QuerySet[Any], text: str, size: int) -> tuple[list[Any], str]:
    """The rows behind a place as ``Place`` is written, the first ones where it is empty; and the place behind
    which the next page begins, empty where there is none."""
    found = list((beyond(rows, Place.read(text)) if text else rows)[: size + 1])
    shown = found[:size]
    return shown, str(Place.of(rows, shown[-1])) if len(found) > size else ""


def _time_of(rows: QuerySet[Any]) -> str:
    return str(rows.query.order_by[0]).lstrip("-")


def beyond(rows: QuerySet[Any], place: Place, *, forward: bool = True) -> QuerySet[Any]:
    """Those behind the place, in the direction in which the rows are read. ``forward``: that is the direction
    in which they are sorted."""
    name = _time_of(rows)
    descends = str(rows.query.order_by[0]).startswith("-") is forward
    side = "lt" if descends else "gt"
    behind = Q(**{f"{name}__{side}": place.at}) | Q(**{f"pk__{side}": place.pk})
    # The first condition is the one that an index is read by.
    return rows.filter(behind, **{f"{name}__{side}e": place.at})

"""The monthly partitions of the attempts: made ahead, dropped by age.

Both by functions of the tables' owner, because the runtime role may neither make nor drop a table.
"""

from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from dsp_platform.database import locks

TABLE = "exchange_attempt"
AHEAD = 3


class Month(NamedTuple):
    year: int
    month: int

    def plus(self, months: int) -> "Month":
        number = self.year * 12 + self.month - 1 + months
        return Month(number // 12, number % 12 + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def table(self) -> str:
        return f"{TABLE}_{self.year:04d}_{self.month:02d}"


def this_month() -> Month:
    """By UTC, as the bounds are: a month begins in Phnom Penh some hours before its partition."""
    now = timezone.now()
    return Month(now.year, now.month)


def months() -> list[Month]:
    """Of which months there is a partition, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid "
            "WHERE inhparent = %s::regclass ORDER BY child.relname",
            [TABLE],
        )
        names = [name.removeprefix(f"{TABLE}_").split("_") for (name,) in cursor.fetchall()]
    return [Month(int(year), int(month)) for year, month in names]


def ensure(first: Month | None = None, ahead: int = AHEAD) -> list[Month]:
    """Make what is missing of the months from ``first`` (this one) on. Returns those it made."""
    made = []
    with transaction.atomic(), connection.cursor() as cursor:
        locks.lock(locks.LockName.ATTEMPT_PARTITIONS, timeout=None)
        there = set(months())
        month, last = first or this_month(), this_month().plus(ahead)
        while month <= last:
            if month not in there:
                cursor.execute("SELECT exchange_make_attempt_month(%s)", [month.first_day])
                made.append(month)
            month = month.plus(1)
    return made


_ensured: Month | None = None


def ensure_soon() -> None:
    """Once a month in each process: nothing is delivered into a month without a partition."""
    global _ensured
    if _ensured != this_month():
        ensure()
        _ensured = this_month()


def drop_old(keep: int | None = None) -> list[Month]:
    """Drop the attempts older than ``keep`` whole months (``EXCHANGE_ATTEMPT_MONTHS``)."""
    oldest = this_month().plus(-(settings.EXCHANGE_ATTEMPT_MONTHS if keep is None else keep))
    old = [month for month in months() if month < oldest]
    for month in old:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT exchange_drop_attempt_month(%s)", [month.first_day])
    return old

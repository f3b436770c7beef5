"""Daily limits of an account: pages, and processor seconds spent on its files. Refused files count too.

A file counts as one page when it arrives, so that bad ones cannot be sent without end; its further pages and
the processor time are added when it has been read.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.database.locks import LockName, lock
from dsp_platform.uploads import errors
from dsp_platform.uploads.models import UploadDay

RETENTION = timedelta(days=7)
# Somebody who saw no answer sends the file again; so many repeats a day are free.
FREE_REPEATS = 20


@transaction.atomic
def take(*, account: User, name: str) -> None:
    """Count one more file. Raises ``DayLimit``. A transaction of its own: refused files stay counted."""
    lock(LockName.UPLOADS_OF_ACCOUNT, str(account.pk))
    day = _today(account)
    pages, seconds = _most(account)
    if day.pages >= pages or day.seconds >= seconds:
        raise errors.DayLimit(name)
    UploadDay.objects.filter(pk=day.pk).update(pages=F("pages") + 1)


@transaction.atomic
def take_repeat(*, account: User, name: str) -> None:
    """Count a file that was sent before: beyond ``FREE_REPEATS`` it counts like a new one.

    Raises ``DayLimit``.
    """
    lock(LockName.UPLOADS_OF_ACCOUNT, str(account.pk))
    day = _today(account)
    if day.repeats < FREE_REPEATS:
        UploadDay.objects.filter(pk=day.pk).update(repeats=F("repeats") + 1)
    else:
        take(account=account, name=name)


def is_spent(account: User) -> bool:
    """Whether the files read earlier in the day have used up its limits."""
    day = _today(account)
    pages, seconds = _most(account)
    return day.pages > pages or day.seconds >= seconds


def spend(*, account: User, pages: int, seconds: float) -> None:
    """``pages`` beyond the one that was counted when the file came."""
    day = _today(account)
    UploadDay.objects.filter(pk=day.pk).update(pages=F("pages") + pages, seconds=F("seconds") + seconds)


def mark_served(account: User) -> None:
    UploadDay.objects.filter(pk=_today(account).pk).update(read_at=timezone.now())


def today() -> date:
    return timezone.localdate()


def purge() -> None:
    UploadDay.objects.filter(day__lt=today() - RETENTION).delete()


def _today(account: User) -> UploadDay:
    return UploadDay.objects.get_or_create(account=account, day=today())[0]


def _most(account: User) -> tuple[int, float]:
    """Officials send for all who come to the counter."""
    times = 1 if account.is_citizen else settings.UPLOAD_OFFICIAL_TIMES
    return settings.UPLOAD_PAGES_A_DAY * times, settings.UPLOAD_SECONDS_A_DAY * times

"""How much one account may have read in a day: pages, and seconds of a processor. Refused files count too.

A file counts as one page when it comes, so that bad ones cannot be sent for ever; its further pages, and the
time they took, when it has been read.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.locks import LockName, lock
from dsp_platform.uploads import errors
from dsp_platform.uploads.models import UploadDay

KEPT = timedelta(days=7)
# Who is not told that a file arrived sends it again; so often a day that costs nothing.
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
    """Count a file that is there already: taken in again and again it costs as much as others.

    Raises ``DayLimit``.
    """
    lock(LockName.UPLOADS_OF_ACCOUNT, str(account.pk))
    day = _today(account)
    if day.repeats < FREE_REPEATS:
        UploadDay.objects.filter(pk=day.pk).update(repeats=F("repeats") + 1)
    else:
        take(account=account, name=name)


def is_spent(account: User) -> bool:
    """What was taken earlier in the day cost more than all of it may."""
    day = _today(account)
    pages, seconds = _most(account)
    return day.pages > pages or day.seconds >= seconds


def spend(*, account: User, pages: int, seconds: float) -> None:
    """``pages`` beyond the one that was counted when the file came."""
    day = _today(account)
    UploadDay.objects.filter(pk=day.pk).update(pages=F("pages") + pages, seconds=F("seconds") + seconds)


def note_turn(account: User) -> None:
    UploadDay.objects.filter(pk=_today(account).pk).update(read_at=timezone.now())


def today() -> date:
    return timezone.localdate()


def purge() -> None:
    UploadDay.objects.filter(day__lt=today() - KEPT).delete()


def _today(account: User) -> UploadDay:
    return UploadDay.objects.get_or_create(account=account, day=today())[0]


def _most(account: User) -> tuple[int, float]:
    """Officials send for all who come to the counter."""
    times = 1 if account.is_citizen else settings.UPLOAD_OFFICIAL_TIMES
    return settings.UPLOAD_PAGES_A_DAY * times, settings.UPLOAD_SECONDS_A_DAY * times

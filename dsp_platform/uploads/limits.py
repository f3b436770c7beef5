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
from dsp_platform.notifications import rate_limits
from dsp_platform.notifications.models import Window
from dsp_platform.uploads import errors
from dsp_platform.uploads.models import UploadDay
from dsp_platform.web import origin

RETENTION = timedelta(days=7)
# Files sent without an account. A whole commune may share one network.
OF_NETWORK: dict[str, int] = {Window.HOUR: 200, Window.DAY: 1000}
OF_BROWSER: dict[str, int] = {Window.HOUR: 30, Window.DAY: 60}
# Somebody who saw no answer sends the file again; so many repeats a day are free.
FREE_REPEATS = 20


@transaction.atomic
def take(*, account: User | None, name: str) -> None:
    """Count one more file. Raises ``DayLimit``. A transaction of its own: refused files stay counted."""
    if account is None:
        _take_of_visitor(name)
        return
    lock(LockName.UPLOADS_OF_ACCOUNT, str(account.pk))
    day = _today(account)
    pages, seconds = _most(account)
    if day.pages >= pages or day.seconds >= seconds:
        raise errors.DayLimit(name)
    UploadDay.objects.filter(pk=day.pk).update(pages=F("pages") + 1)


@transaction.atomic
def take_repeat(*, account: User | None, name: str) -> None:
    """Count a file that was sent before: beyond ``FREE_REPEATS`` it counts like a new one.

    Raises ``DayLimit``.
    """
    if account is None:
        _take_of_visitor(name)
        return
    lock(LockName.UPLOADS_OF_ACCOUNT, str(account.pk))
    day = _today(account)
    if day.repeats < FREE_REPEATS:
        UploadDay.objects.filter(pk=day.pk).update(repeats=F("repeats") + 1)
    else:
        take(account=account, name=name)


def _take_of_visitor(name: str) -> None:
    """Without an account, or of one that stays unnamed. Staff are not counted."""
    who = origin.current()
    if who is None:
        return
    own = who.account or who.browser
    limits = ({own: OF_BROWSER} if own else {}) | ({} if who.account else {who.network: OF_NETWORK})
    if rate_limits.count_act(scope="upload", limits=limits, now=timezone.now()):
        raise errors.DayLimit(name)


def is_spent(account: User | None) -> bool:
    """Whether the files read earlier in the day have used up its limits."""
    if account is None:
        return False
    day = _today(account)
    pages, seconds = _most(account)
    return day.pages > pages or day.seconds >= seconds


def spend(*, account: User | None, pages: int, seconds: float) -> None:
    """``pages`` beyond the one that was counted when the file came."""
    if account is None:
        return
    day = _today(account)
    UploadDay.objects.filter(pk=day.pk).update(pages=F("pages") + pages, seconds=F("seconds") + seconds)


def mark_served(account: User | None) -> None:
    if account is not None:
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

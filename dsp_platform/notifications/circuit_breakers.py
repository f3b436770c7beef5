"""A circuit breaker for each provider: after failures in a row it is not used for a while.

Its state is in the database, for all workers. After the pause one worker tries one message: the one that
first moves ``retry_at``.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.background.backoff import backoff
from dsp_platform.notifications import providers
from dsp_platform.notifications.models import CircuitBreaker

FAILURES = 3  # in a row, before the pause
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=2)
# Success is written this often: with every message, all workers would wait for the lock on the row.
SUCCESS_EVERY = timedelta(minutes=1)


def any_is_up() -> bool:
    """Whether it is worth claiming a message. Does not use up a trial."""
    names = providers.names()
    paused = CircuitBreaker.objects.filter(
        name__in=names, failures__gte=FAILURES, retry_at__gt=timezone.now()
    )
    return paused.count() < len(names)


def may_try(name: str) -> bool:
    """True for a provider without a pause; after the pause, for one worker."""
    breaker = CircuitBreaker.objects.filter(name=name).first()
    if breaker is None or breaker.failures < FAILURES:
        return True
    now = timezone.now()
    due = CircuitBreaker.objects.filter(name=name).filter(Q(retry_at=None) | Q(retry_at__lte=now))
    return bool(due.update(retry_at=now + FIRST_PAUSE))


def record_success(name: str) -> None:
    now = timezone.now()
    known = CircuitBreaker.objects.filter(name=name)
    stale = Q(last_success_at=None) | Q(last_success_at__lt=now - SUCCESS_EVERY) | Q(failures__gt=0)
    if not known.filter(stale).update(failures=0, retry_at=None, last_success_at=now) and not known.exists():
        CircuitBreaker.objects.get_or_create(name=name, defaults={"last_success_at": now})


@transaction.atomic
def record_failure(name: str, error: str) -> None:
    CircuitBreaker.objects.get_or_create(name=name)
    breaker = CircuitBreaker.objects.select_for_update().get(name=name)
    now = timezone.now()
    breaker.failures += 1
    breaker.last_error, breaker.last_failure_at = error[:64], now
    too_many = breaker.failures - FAILURES + 1
    pause = backoff(too_many, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    breaker.retry_at = now + pause if too_many > 0 else None
    breaker.save(update_fields=["failures", "last_error", "last_failure_at", "retry_at"])


def is_paused(breaker: CircuitBreaker, now: datetime) -> bool:
    return breaker.failures >= FAILURES and breaker.retry_at is not None and breaker.retry_at > now

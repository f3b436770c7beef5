"""Whether a page that waits for a code must say that it may not come, and when to try again.

It depends on the providers, the budgets, the network and whether the browser is known, never on the number,
so that the page does not reveal which numbers have an account.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dsp_platform.notifications import budget, circuit_breakers, providers, rate_limits
from dsp_platform.notifications.models import CODES, CircuitBreaker, Message, Tier

# Workers claim codes within seconds: an older one means that no worker runs.
SLOW = timedelta(minutes=2)


@dataclass(frozen=True)
class CodeDelay:
    """``certain``: no code is sent. Otherwise some codes are not sent; the page does not reveal which."""

    until: datetime
    certain: bool

    def __str__(self) -> str:
        words = {"time": time_of_day(self.until)}
        if self.certain:
            return _("No text message can be sent now. Try again after %(time)s.") % words
        return _("Very many codes are asked for now. If none comes, try again after %(time)s.") % words


def time_of_day(moment: datetime) -> str:
    """With the word "tomorrow" where it is; no window ends later."""
    hour = time_format(localtime(moment), "H:i")
    if timezone.localdate(moment) == timezone.localdate():
        return hour
    return _("tomorrow, %(time)s") % {"time": hour}


def expected_delay(*, kind: str, known: bool) -> CodeDelay | None:
    """None if codes are sent. ``known``: a known browser, or somebody signed in."""
    now = timezone.now()
    tier = Tier.KNOWN if known else Tier.OPEN
    names = providers.names()
    ends = [
        breaker.retry_at
        for breaker in CircuitBreaker.objects.filter(name__in=names)
        if circuit_breakers.is_paused(breaker, now) and breaker.retry_at
    ]
    all_paused = names and len(ends) == len(names)
    providers_paused = max(min(ends), now + timedelta(minutes=1)) if all_paused else None
    # By codes that are due, whoever they are for.
    due = Message.objects.filter(kind__in=CODES, state=Message.State.DUE, not_before__lte=now - SLOW)
    workers_down = now + timedelta(minutes=5) if due.filter(expires_at__gt=now).exists() else None
    certain = [providers_paused, workers_down, budget.used_up_until(kind, Tier.KNOWN, now)]
    until = max((moment for moment in certain if moment), default=None)
    if until:
        return CodeDelay(until, certain=True)
    possible = [
        budget.used_up_until(kind, tier, now),
        rate_limits.limited_until(kind=kind, tier=tier, now=now),
    ]
    until = max((moment for moment in possible if moment), default=None)
    return CodeDelay(until, certain=known) if until else None

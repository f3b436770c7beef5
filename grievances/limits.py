"""Rate limits of reports, so that a flood does not bury the reports of others.

Signed in, they are counted by account only. Without an account, by browser and by network, generously,
because a whole commune may share one address. Browsers in which some number was proved have their own count
within the network, so that a flood from the same network does not block them. Signing in, calling or coming
to an office always remains possible.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import User
from dsp_platform.notifications import rate_limits
from dsp_platform.notifications.models import Tier, Window
from dsp_platform.web import origin
from dsp_platform.web.origin import Origin
from grievances.errors import TooManyReports, TooManyWords
from grievances.models import Grievance
from grievances.workflow import SAYS_MORE

NETWORK: dict[str, int] = {Window.HOUR: 200, Window.DAY: 1000}
BROWSER: dict[str, int] = {Window.HOUR: 10, Window.DAY: 20}
ACCOUNT: dict[str, int] = {Window.HOUR: 10, Window.DAY: 20}
# Reports entered for people at the counter.
OFFICIAL: dict[str, int] = {Window.HOUR: 60, Window.DAY: 300}
# Drafts, which are kept in sessions.
DRAFTS: dict[str, int] = {Window.HOUR: 1000, Window.DAY: 5000}
DRAFTS_OF_BROWSER: dict[str, int] = {Window.HOUR: 30, Window.DAY: 60}
# Additions to one report: by PIN no account is needed.
WORDS = ((timedelta(hours=1), 5), (timedelta(days=1), 20))


def take_report(*, actor: User | None, known: bool) -> None:
    """Within the transaction that writes the report. ``known``: some number was proved in this browser.

    Raises TooManyReports.
    """
    who = origin.current()
    if who is None:
        return
    if actor is not None and who.account:
        limits = {who.account: OFFICIAL if actor.is_official else ACCOUNT}
        if until := rate_limits.count_act(scope="report", limits=limits, now=timezone.now()):
            raise TooManyReports(until, signed_in=True)
    else:
        _take_of_visitor(who, "report", NETWORK, BROWSER, known=known)


@transaction.atomic
def take_draft(*, known: bool) -> None:
    """Count a visitor's new draft; a refused one is not counted. Raises TooManyReports."""
    who = origin.current()
    if who is not None and not who.account:
        _take_of_visitor(who, "draft", DRAFTS, DRAFTS_OF_BROWSER, known=known)


def _take_of_visitor(
    who: Origin, scope: str, network: Mapping[str, int], browser: Mapping[str, int], *, known: bool
) -> None:
    limits = {who.network: network, **({who.browser: browser} if who.browser else {})}
    scope = f"{scope}.{Tier.KNOWN}" if known else scope
    if until := rate_limits.count_act(scope=scope, limits=limits, now=timezone.now()):
        raise TooManyReports(until, signed_in=False)


def check_words(grievance: Grievance) -> None:
    """The caller has locked the report. Raises TooManyWords."""
    now = timezone.now()
    added = grievance.events.filter(step__in=SAYS_MORE).order_by("-at", "-pk")
    for window, most in WORDS:
        times = list(added.filter(at__gt=now - window).values_list("at", flat=True)[:most])
        if len(times) == most:
            raise TooManyWords(times[-1] + window - now)

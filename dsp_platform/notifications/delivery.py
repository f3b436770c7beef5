"""Sends the outbox: claim a message under a lease, call a provider without a transaction, record the outcome.

The lease of a worker that dies runs out, and the message is sent again: at least once, so it may arrive
twice. The outcomes:

    accepted          sent, later perhaps arrived (see receipts.py)
    refused           failed, for a steward to look at; another provider would get the same number and text
    unreachable       the second provider at once, else again after a growing wait
    unknown           it was sent and no answer came: sent again, though it may arrive twice. A code or a
                      decision twice does no harm; without it a person is locked out. Three times at most,
                      because each costs.
    over the budget   due, not before the hour or day is over

Codes are sent before everything else: behind ten thousand other messages they would expire.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.background.backoff import backoff
from dsp_platform.database import locks
from dsp_platform.notifications import budget, circuit_breakers, providers, sms_templates
from dsp_platform.notifications.models import CODES, Message
from dsp_platform.notifications.providers.contract import MessageRefused, OutcomeUnknown, Receipt, Unreachable

logger = logging.getLogger(__name__)

A_CODE = Q(kind__in=CODES)
LEASE = timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 30  # with these waits, about a day
MOST_UNKNOWN = 3
AT_ONCE = 1000  # expired or over the budget, handled by one sweep
LONGEST_SWEEP = 120.0  # seconds; the next sweep goes on


def deliver(message_id: int) -> None:
    """Send this message if it is due and not leased, after the codes that are due."""
    end = time.monotonic() + LONGEST_SWEEP
    for which in (A_CODE, Q(pk=message_id)):
        while time.monotonic() < end and circuit_breakers.any_is_up() and (message := _claim(which)):
            _send(message)


def sweep(limit: int = 200) -> int:
    """Send what is due, codes and then the oldest first. Returns how many messages were claimed."""
    now, end = timezone.now(), time.monotonic() + LONGEST_SWEEP
    # Also of messages that wait for a provider or a budget.
    late = Message.objects.filter(state=Message.State.DUE, expires_at__lte=now)
    free = late.filter(Q(leased_until=None) | Q(leased_until__lt=now))
    some = free.select_for_update(skip_locked=True).order_by("pk")[:AT_ONCE]
    with transaction.atomic():
        found = Message.objects.filter(pk__in=[message.pk for message in some.only("pk")])
        taken = found.update(state=Message.State.EXPIRED, reason="expired", leased_until=None)
    while taken < limit and time.monotonic() < end and circuit_breakers.any_is_up():
        message = _claim(A_CODE) or _claim(Q())
        if message is None:
            break
        taken += 1
        _send(message)
    return taken


def _claim(which: Q) -> Message | None:
    """The oldest that is due and within the budget; those over the budget are deferred on the way."""
    for _ in range(AT_ONCE):
        try:
            message = _claim_one(which)
        except OperationalError as error:
            if not locks.is_timeout(error):
                raise
            logger.warning("the budget of text messages is held by another worker: they stay due")
            return None
        if message is None or message.leased_until:
            return message
    return None


@transaction.atomic
def _claim_one(which: Q) -> Message | None:
    locks.limit_waits()
    now = timezone.now()
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(which, state=Message.State.DUE, not_before__lte=now)
        .filter(Q(leased_until=None) | Q(leased_until__lt=now))
        .order_by("not_before", "pk")
        .first()
    )
    if message is None:
        return None
    # A message with an expired lease may have been sent, so it counts again.
    counted = message.counted and message.leased_until is None
    until = None if counted else budget.take(message.kind, now, message.tier)
    if until:
        message.leased_until, message.not_before, message.reason = None, until, "budget"
    else:
        message.leased_until, message.counted = now + LEASE, True
        message.attempts += 1
    message.save(update_fields=["leased_until", "not_before", "reason", "counted", "attempts"])
    return message


def _send(message: Message) -> None:
    now = timezone.now()
    if message.expires_at and message.expires_at <= now:
        return _record(message, state=Message.State.EXPIRED, reason="expired")
    try:
        text = sms_templates.render(message.template, message.params, message.language, message.phone)
    except Exception as error:
        # The class of the error only: its text may contain the message.
        logger.error("text message %s failed: %s", message.pk, type(error).__name__)
        return _try_again(message, now, "error")
    if not text:
        return _record(message, state=Message.State.FAILED, reason="nothing_to_say")
    try:
        name, receipt = _call_providers(message, text)
    except MessageRefused as refusal:
        return _record(message, state=Message.State.FAILED, reason=str(refusal)[:64] or "refused")
    except OutcomeUnknown:
        fields = {"unknown": message.unknown, "provider": message.provider}
        if message.unknown >= MOST_UNKNOWN:
            return _record(message, state=Message.State.FAILED, reason="outcome_unknown", **fields)
        return _try_again(message, now, "outcome_unknown", counted=False, **fields)
    except Unreachable as failure:
        return _try_again(message, now, str(failure)[:64] or "unreachable")
    return _record(
        message,
        state=Message.State.SENT,
        reason="",
        provider=name,
        provider_reference=receipt.reference[:128],
        sent_at=timezone.now(),
    )


def _call_providers(message: Message, text: str) -> tuple[str, Receipt]:
    """The first provider that takes it. Raises MessageRefused, OutcomeUnknown or Unreachable."""
    failure = Unreachable("unreachable")
    # A provider that left this message's outcome unknown comes last.
    names = sorted(providers.names(), key=lambda name: bool(message.unknown) and name == message.provider)
    for name in names:
        if not circuit_breakers.may_try(name):
            continue
        try:
            receipt = providers.provider(name).send(message.phone, text)
        except MessageRefused:
            circuit_breakers.record_success(name)  # it answered
            raise
        except Exception as error:
            failed = error if isinstance(error, Unreachable) else OutcomeUnknown("error")
            if failed is not error:
                logger.error("text message %s failed: %s", message.pk, type(error).__name__)
            circuit_breakers.record_failure(name, str(failed) or "unreachable")
            if isinstance(failed, OutcomeUnknown):
                message.unknown += 1
                message.provider = name
            # Whatever the second provider answers, the first may have accepted it.
            failure = failure if isinstance(failure, OutcomeUnknown) else failed
        else:
            circuit_breakers.record_success(name)
            return name, receipt
        if isinstance(failure, OutcomeUnknown) and not sms_templates.is_code(message.template):
            raise failure  # nobody waits for it at a page, and it may have arrived: not again at once
    raise failure


def _try_again(message: Message, now: datetime, reason: str, **changes: object) -> None:
    if message.attempts >= MOST_ATTEMPTS:
        return _record(message, state=Message.State.FAILED, reason=reason)
    pause = backoff(message.attempts, first=FIRST_WAIT, longest=LONGEST_WAIT)
    return _record(message, reason=reason, not_before=now + pause, **changes)


def _record(message: Message, **changes: object) -> None:
    # Only under this lease: a worker that was too slow must not overwrite a later outcome.
    mine = Message.objects.filter(pk=message.pk, attempts=message.attempts, leased_until=message.leased_until)
    mine.update(leased_until=None, **changes)

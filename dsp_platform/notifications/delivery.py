"""Emptying the outbox: claim a message, let go of the database, call the provider, write down the outcome.

A worker that dies in between leaves a lease that runs out; the message is then sent again. So a message
may arrive twice, and is never lost.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dsp_platform.notifications import texts
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.providers import provider
from dsp_platform.notifications.providers.contract import Refused, Unreachable

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 30  # with these waits, about a day


def deliver(message_id: int) -> None:
    """Send this message if it is due; somebody else's lease is respected."""
    message = _claim(Q(pk=message_id))
    if message:
        _send(message)


def sweep(limit: int = 200) -> int:
    """Send what is due, oldest first. Returns how many messages were taken up."""
    for taken in range(limit):
        message = _claim(Q())
        if message is None:
            return taken
        _send(message)
    return limit


@transaction.atomic
def _claim(which: Q) -> Message | None:
    now = timezone.now()
    message = (
        Message.objects.select_for_update(skip_locked=True)
        .filter(which, state=Message.State.DUE, not_before__lte=now)
        .filter(Q(leased_until=None) | Q(leased_until__lt=now))
        .order_by("not_before", "pk")
        .first()
    )
    if message:
        message.leased_until = now + LEASE
        message.attempts += 1
        message.save(update_fields=["leased_until", "attempts"])
    return message


def _send(message: Message) -> None:
    now = timezone.now()
    if message.expires_at and message.expires_at <= now:
        return _record(message, state=Message.State.EXPIRED, reason="expired")
    try:
        text = texts.render(message.template, message.params, message.language)
        if not text:
            return _record(message, state=Message.State.FAILED, reason="nothing_to_say")
        carrier = provider()
        receipt = carrier.send(message.phone, text)
    except Refused as refusal:
        _record(message, state=Message.State.FAILED, reason=str(refusal)[:64] or "refused")
    except Unreachable:
        _try_again(message, now, "unreachable")
    except Exception as error:
        # The kind of the error only: its text may hold what was to be sent.
        logger.error("text message %s failed: %s", message.pk, type(error).__name__)
        _try_again(message, now, "error")
    else:
        _record(
            message,
            state=Message.State.SENT,
            reason="",
            provider=carrier.name,
            provider_reference=receipt.reference[:128],
            sent_at=timezone.now(),
        )
    return None


def _try_again(message: Message, now: datetime, reason: str) -> None:
    if message.attempts >= MOST_ATTEMPTS:
        return _record(message, state=Message.State.FAILED, reason=reason)
    pause = min(FIRST_WAIT * 2 ** min(message.attempts - 1, 10), LONGEST_WAIT)
    return _record(message, reason=reason, not_before=now + pause)


def _record(message: Message, **changes: object) -> None:
    # Only while the lease is still this one: a worker that was too slow must not undo a later outcome.
    Message.objects.filter(pk=message.pk, attempts=message.attempts).update(leased_until=None, **changes)

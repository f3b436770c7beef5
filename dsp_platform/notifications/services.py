"""Text messages to people: a row is written in the transaction it reports on, and sent after the commit."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from dsp_platform.audit import services as audit
from dsp_platform.background import workers
from dsp_platform.database import locks
from dsp_platform.database.inserts import insert
from dsp_platform.notifications import budget, rate_limits, sms_templates
from dsp_platform.notifications.models import CODES, Budget, Message, MessageKind, Tier

AT_ONCE = 500
# The reason of messages over the limits of their network or account.
ORIGIN = "origin"
# Of messages to somebody who has died.
NO_RECIPIENT = "no_recipient"


def send(
    *,
    phone: str,
    language: str,
    template: str,
    params: dict[str, Any],
    subject_kind: str = "",
    subject_id: int | None = None,
    expires_at: datetime | None = None,
    kind: str = "",
    tier: str = Tier.OPEN,
    unproved: bool = False,
) -> Message:
    """Put a text message into the outbox. ``params`` are references, never names or contents.

    It counts against the network and the account of the request. Over their limits a code is not sent, and
    other messages are sent later. ``kind``, ``tier`` and ``unproved`` (a number this network has not been
    counted for yet) are for codes.
    """
    _require_text(template)
    kind = kind or (MessageKind.CODE if sms_templates.is_code(template) else MessageKind.OTHER)
    now = timezone.now()
    until = rate_limits.count(kind=kind, tier=tier, unproved=unproved, now=now)
    refused = until is not None and kind in CODES
    message = Message(
        kind=kind,
        tier=tier,
        state=Message.State.FAILED if refused else Message.State.DUE,
        reason=ORIGIN if until else "",
        not_before=until or now,
        phone=phone,
        language=language,
        template=template,
        params=params,
        subject_kind=subject_kind,
        subject_id=subject_id,
        expires_at=expires_at,
    )
    insert([message])
    workers.notify_on_commit("notifications.deliver", [message.pk])
    return message


def send_all(recipients: Iterable[tuple[str, str, int]], *, template: str, subject_kind: str) -> None:
    """Put one text without values into the outbox for many at once: phone, language and subject of each.

    For jobs: no request causes them, so they count against no network. The workers find them by themselves,
    after what somebody waits for.
    """
    _require_text(template)
    insert(
        [
            Message(
                phone=phone,
                language=language,
                template=template,
                subject_kind=subject_kind,
                subject_id=subject,
            )
            for phone, language, subject in recipients
        ]
    )


def _require_text(template: str) -> None:
    if not sms_templates.is_registered(template):
        raise ValueError(f"No text is called {template}.")


def drop_waiting(phones: Collection[str]) -> None:
    """Nobody for whom they are meant has these numbers any more. Codes are left: whoever holds the phone
    waits for theirs at a page."""
    waiting = Message.objects.filter(phone__in=phones, state=Message.State.DUE).exclude(kind__in=CODES)
    locked = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)
    Message.objects.filter(pk__in=list(locked)).update(state=Message.State.EXPIRED, reason=NO_RECIPIENT)


@transaction.atomic
def retry_failed(*, messages: QuerySet[Message], actor: AbstractBaseUser) -> int:
    """Send again what could not be sent. Never a code: whoever waited for it has asked for another."""
    now = timezone.now()
    codes = Q(template__in=sms_templates.code_names()) | Q(kind__in=CODES)
    failed = messages.filter(state=Message.State.FAILED).exclude(codes | Q(phone=""))
    wanted = failed.filter(Q(expires_at=None) | Q(expires_at__gt=now)).select_for_update()
    numbers = list(wanted.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    Message.objects.filter(pk__in=numbers).update(
        state=Message.State.DUE, reason="", not_before=now, attempts=0, unknown=0, counted=False,
        leased_until=None, provider="", provider_reference="",
    )  # fmt: skip
    for number in numbers:
        audit.record(actor=actor, action="retry_message", subject_kind="message", subject_id=number)
    workers.notify_on_commit("notifications.deliver", numbers)
    return len(numbers)


def allow_more(*, row: Budget, shown: str, actor: AbstractBaseUser) -> bool:
    """Add the limit once more for the current hour or day, and send now what waited for its end.

    ``shown`` is the ``budget.digest_of`` of the actor's page. If it has changed since, as after a second
    click, nothing is done: False.
    """
    with transaction.atomic():
        locks.limit_waits()
        locked = Budget.objects.select_for_update().get(pk=row.pk)
        if not constant_time_compare(budget.digest_of(locked), shown):
            return False
        more = budget.limit(row.kind, row.window)
        Budget.objects.filter(pk=row.pk).update(
            extra=F("extra") + more, stopped_at=None, open_stopped_at=None
        )
        audit.record(
            actor=actor, action="allow_messages", subject_kind="message_budget", subject_id=row.pk,
            details={"more": more},
        )  # fmt: skip
    # In a transaction of its own, skipping locked rows: workers wait for the budget with a message locked.
    with transaction.atomic():
        waiting = Message.objects.select_for_update(skip_locked=True).filter(
            state=Message.State.DUE, reason="budget", not_before__gt=timezone.now()
        )
        numbers = [message.pk for message in waiting.only("pk")]
        Message.objects.filter(pk__in=numbers).update(not_before=timezone.now())
    return True

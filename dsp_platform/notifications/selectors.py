"""Messages to one phone, for the person who has it."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dsp_platform.notifications import sms_templates
from dsp_platform.notifications.models import Message

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Written:
    """``pk`` is the cursor of a list. ``text`` is empty for a code, and if there is nothing to say now."""

    pk: int
    title: str
    is_code: bool
    at: datetime
    state: str
    state_label: str
    language: str
    text: str


def messages_to(
    phone: str,
    limit: int = 20,
    since: datetime | None = None,
    before: int | None = None,
    left_out: Collection[str] = (),
) -> list[Written]:
    """Newest first, those older than the one ``before``; none about a subject of a kind that is left out.

    ``since``: when this person got the number; earlier messages were to somebody else.

    A code is never shown again: whoever sees the page could sign in with it.
    """
    if not phone:
        return []
    rows = Message.objects.filter(phone=phone).exclude(subject_kind__in=list(left_out))
    if since:
        rows = rows.filter(created_at__gte=since)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [
        Written(
            pk=message.pk,
            title=sms_templates.title_of(message.template),
            is_code=sms_templates.is_code(message.template),
            at=message.sent_at or message.created_at,
            state=message.state,
            state_label=message.get_state_display(),
            language=message.language,
            text=_text(message),
        )
        for message in rows.order_by("-pk")[:limit]
    ]


def was_written(template: str, subject_kind: str, subject_id: int, since: datetime) -> bool:
    """For events that happen often and are announced once."""
    rows = Message.objects.filter(subject_kind=subject_kind, subject_id=subject_id, template=template)
    return rows.filter(created_at__gt=since).exists()


def was_written_to(template: str, phone: str, since: datetime) -> bool:
    """As ``was_written``, for whatever subject it was about."""
    return Message.objects.filter(phone=phone, template=template, created_at__gt=since).exists()


def all_written(template: str, subject_kind: str, subject_id: int) -> list[tuple[dict[str, Any], datetime]]:
    """With what values, and when; the oldest first."""
    rows = Message.objects.filter(subject_kind=subject_kind, subject_id=subject_id, template=template)
    return list(rows.order_by("created_at").values_list("params", "created_at"))


def _text(message: Message) -> str:
    """Empty for a code."""
    if sms_templates.is_code(message.template):
        return ""
    try:
        return sms_templates.render(message.template, message.params, message.language, message.phone)
    except Exception as error:
        # One text that cannot be rendered must not hide the others.
        logger.error("text message %s cannot be shown: %s", message.pk, type(error).__name__)
        return ""

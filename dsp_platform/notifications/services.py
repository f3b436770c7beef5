"""Writing to people: the row is written with the state it tells of, and sent after the commit."""

from datetime import datetime
from typing import Any

from dsp_platform import nudge
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.texts import is_registered, register_text

__all__ = ["register_text", "send"]


def send(
    *,
    phone: str,
    language: str,
    template: str,
    params: dict[str, Any],
    subject_kind: str = "",
    subject_id: int | None = None,
    expires_at: datetime | None = None,
) -> Message:
    """Put a text message into the outbox. ``params`` hold references, never names or contents."""
    if not is_registered(template):
        raise ValueError(f"No text is called {template}.")
    message = Message.objects.create(
        phone=phone,
        language=language,
        template=template,
        params=params,
        subject_kind=subject_kind,
        subject_id=subject_id,
        expires_at=expires_at,
    )
    nudge.on_commit("notifications.deliver", [message.pk])
    return message

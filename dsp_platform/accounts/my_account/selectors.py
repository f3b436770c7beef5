from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent

MAX_SHOWN = 20
HOLDER_CHANGED = "hand_over"
PHONE_CHANGES = ("change_phone", "replace_phone")
_WORDS: dict[str, Any] = {
    "change_phone": _("The phone number was changed"),
    "replace_phone": _("The phone number was replaced at the commune office"),
    "add_passkey": _("A passkey was added"),
    "remove_passkey": _("A passkey was removed"),
    "remove_passkeys": _("All passkeys were removed"),
    "end_all_sessions": _("All sessions were ended"),
}


@dataclass(frozen=True)
class Change:
    """``text`` names the official who made the change, if it was not the person."""

    title: Any
    at: datetime
    text: str


def history_of(user: User) -> list[Change]:
    """Changes of how to sign in to this account, newest first; only since the present holder has it."""
    events = _events_of(user).filter(action__in=_WORDS, at__gte=holder_since(user))
    return [
        Change(_WORDS[event.action], event.at, "" if event.actor_id == user.pk else str(event.actor or ""))
        for event in events.select_related("actor").order_by("-at", "-pk")[:MAX_SHOWN]
    ]


def holder_since(user: User) -> datetime:
    """Since when the present holder has the account. Earlier events and messages were a former holder's."""
    last = _events_of(user).filter(action=HOLDER_CHANGED).order_by("-at").first()
    return last.at if last else user.date_joined


def phone_holder_since(user: User) -> datetime:
    """Since when the present holder has the number: earlier messages went to another person."""
    last = _events_of(user).filter(action__in=(HOLDER_CHANGED, *PHONE_CHANGES)).order_by("-at").first()
    return last.at if last else user.date_joined


def _events_of(user: User) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(subject_kind="user", subject_id=user.pk)


def phone_changes() -> QuerySet[AuditEvent]:
    """All changes of phone, by the holder or at the counter; ``subject_id`` is the account."""
    return AuditEvent.objects.filter(action__in=PHONE_CHANGES, subject_kind="user")


def passkeys_added() -> QuerySet[AuditEvent]:
    """Includes passkeys removed since; ``subject_id`` is the account."""
    return AuditEvent.objects.filter(action="add_passkey", subject_kind="user")

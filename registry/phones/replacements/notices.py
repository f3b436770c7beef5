"""Text messages about a request to replace a phone or to open an account."""

from typing import Any

from django.utils import timezone

from dsp_platform.notifications import services as notifications
from registry.models import PhoneReplacement
from registry.phones.selectors import held_by_others, phones_on_record

State = PhoneReplacement.State


def notify_asked(replacement: PhoneReplacement) -> None:
    own = phones_on_record(replacement.person, replacement.asked_at)
    for phone in replacement.notified_phones:
        if not replacement.is_first:
            _notify(replacement, phone, "replacement_asked")
        else:
            _notify(replacement, phone, "account_asked" if phone in own else "account_beside")
    until = timezone.localdate(replacement.due_at).isoformat()
    how = {"until": until, "second_only": replacement.second_only, "is_first": replacement.is_first}
    _notify(replacement, replacement.phone, "replacement_waits", **how)


def notify_ended(replacement: PhoneReplacement) -> None:
    """That it was not applied, and why: to the new phone and to those notified before."""
    ended = "account_ended" if replacement.is_first else "replacement_ended"
    stopped = replacement.state != State.OVERTAKEN and not replacement.is_first
    told = {*replacement.notified_phones, replacement.phone}
    if replacement.person.died_on:
        told = held_by_others(replacement.person, told)
    for phone in replacement.notified_phones:
        if phone in told:
            _notify(replacement, phone, "replacement_stopped" if stopped else ended)
    if replacement.phone in told:
        _notify(replacement, replacement.phone, ended)


def _notify(replacement: PhoneReplacement, phone: str, template: str, **more: Any) -> None:
    notifications.send(
        phone=phone,
        language=replacement.person.language,
        template=template,
        params={"reference": replacement.reference, "cause": replacement.cause, **more},
        subject_kind="replacement",
        subject_id=replacement.pk,
    )

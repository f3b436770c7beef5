"""Texts about a request to whoever asked for it."""

from dsp_platform.notifications import services as notifications
from registry.models import ChangeRequest
from registry.phones.selectors import numbers_of


def tell_withdrawn(request: ChangeRequest) -> None:
    """To all numbers of their own, for an official may have set up one of them; not to the head's, for it
    may be a secret."""
    for phone in numbers_of(request.asked_for, with_typed=not request.asked_by.is_citizen):
        notifications.send(
            phone=phone,
            language=request.language,
            template="change_withdraw",
            params={"reference": request.reference},
            subject_kind="change",
            subject_id=request.pk,
        )

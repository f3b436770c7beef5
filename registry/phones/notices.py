"""Text messages about what an official did in a person's name, who may not have been there."""

from typing import Any

from dsp_platform.notifications import services as notifications
from registry.models import Person
from registry.phones.selectors import contact_phone, numbers_of


def tell_own_numbers(
    *persons: Person | None,
    template: str,
    params: dict[str, Any],
    subject_kind: str,
    subject_id: int,
    language: str = "",
    with_typed: bool = False,
    else_to_household: bool = True,
) -> None:
    """To all numbers of each of them, for an official may have set up one; each number once.

    ``language`` is that of the person if it is empty. ``with_typed`` is as of ``numbers_of``.
    ``else_to_household``: to the first number of the household if they have none of their own.
    """
    living = [one for one in persons if one is not None]
    phones = {
        phone: one.language for one in reversed(living) for phone in numbers_of(one, with_typed=with_typed)
    }
    if not phones and else_to_household:
        phones = {phone: one.language for one in living[:1] if (phone := contact_phone(one))}
    for phone, own in sorted(phones.items()):
        notifications.send(
            phone=phone,
            language=language or own,
            template=template,
            params=params,
            subject_kind=subject_kind,
            subject_id=subject_id,
        )

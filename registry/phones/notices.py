"""Text messages about what an official did in a person's name, who may not have been there."""

from collections.abc import Collection
from typing import Any

from dsp_platform.notifications import services as notifications
from registry.models import Membership, Person
from registry.phones.selectors import contact_phone, numbers_of, numbers_of_each


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


def tell_of_newcomers(
    newcomers: Collection[Person], beside: Collection[Membership], *, template: str
) -> None:
    """Of many households at once: to all numbers of each newcomer and of the heads; where a head has none,
    to the accounts of the others who live ``beside`` them. Each number once, about whom it is of.

    All persons were read with ``account`` and ``registered_by``.
    """
    heads = [one for one in beside if one.relationship == Membership.Relationship.HEAD]
    own = numbers_of_each([*newcomers, *(one.person for one in heads)])
    silent = {one.household_id for one in heads if not own[one.person_id]}
    others = [one.person for one in beside if one.household_id in silent and one.person.account]
    own |= {one.pk: [one.account.phone] for one in others if one.account and one.account.phone}
    recipients = {
        phone: (phone, one.language, one.pk)
        for one in (*newcomers, *(one.person for one in heads), *others)
        for phone in own.get(one.pk, ())
    }
    notifications.send_all(
        [recipients[phone] for phone in sorted(recipients)], template=template, subject_kind="person"
    )

"""Text messages about two records that became one, or two again."""

from collections.abc import Mapping

from dsp_platform.notifications import services as notifications
from registry.models import Person
from registry.phones.selectors import contact_phone, numbers_of


def numbers_to_tell(*persons: Person) -> dict[str, str]:
    """By number, the language: the first of each record as it stands now, for one of them may be somebody
    else's after all. Where there is none, that of the household."""
    found = {phone: one.language for one in reversed(persons) for phone in numbers_of(one)[:1]}
    if not found:
        found = {phone: one.language for one in persons if not one.died_on and (phone := contact_phone(one))}
    return found


def tell(numbers: Mapping[str, str], template: str, person: Person) -> None:
    for phone, language in sorted(numbers.items()):
        notifications.send(
            phone=phone,
            language=language,
            template=template,
            params={},
            subject_kind="person",
            subject_id=person.pk,
        )

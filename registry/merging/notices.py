"""Text messages about two records that became one, or two again."""

from collections.abc import Mapping

from dsp_platform.notifications import services as notifications
from registry.models import Person
from registry.phones.selectors import contact_phone, numbers_of


def numbers_to_tell(*persons: Person) -> dict[str, str]:
    """By number, the language: the first of each record as it stands now, for one of them may be somebody
    else's after all. Of a record without one, that of the household."""
    found = {}
    for one in reversed(persons):
        phone = next(iter(numbers_of(one)), "") or ("" if one.died_on else contact_phone(one))
        if phone:
            found[phone] = one.language
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

"""What a steward takes from a source by a request for a change, because more follows from it: a phone is a
means of access, a village moves a household, a death ends what a person has."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from registry.areas.selectors import village
from registry.changes.from_source import ask_from_source
from registry.changes.kinds import KINDS
from registry.models import ChangeRequest, Person, SourceConflict
from registry.persons.households import home_now
from registry.persons.validation import validate_phone
from registry.persons.writer import PersonWriter
from registry.phones.selectors import numbers_lost

KIND_OF = {"phone": "phone", "village_code": "move", "died_on": "death"}
"""By column, the kind of change that is asked for."""


def ask_for(*, conflict: SourceConflict, person: Person, actor: User) -> ChangeRequest | None:
    """Applied at once for a phone; for a village and a death the commune decides. None where the person was
    written: of somebody who lives in no household only they themselves move. The caller has locked them.

    Raises ``ValidationError``, ``ChangeError``, ``InConflict``.
    """
    answers = _answers(conflict, person)
    if conflict.field == "village_code" and home_now(person) is None:
        with PersonWriter(actor=actor) as writer:
            writer.update_person(person, origin=conflict.source, village_id=conflict.in_source)
        return None
    kind = KINDS[KIND_OF[conflict.field]]
    asked = ask_from_source(kind=kind, person=person, answers=answers, actor=actor)
    if asked.is_open:
        return asked
    written = Person.objects.get(pk=person.pk)
    with PersonWriter(actor=actor) as writer:  # it was told by nobody
        writer.update_person(written, origin=conflict.source, phone=written.phone)
    return None


def _answers(conflict: SourceConflict, person: Person) -> dict[str, Any]:
    text = conflict.in_source
    match conflict.field:
        case "phone":
            if person.account_id is not None:
                raise ValidationError(_("Who has an account tells another phone number themselves."))
            phone = validate_phone(text)
            if phone in numbers_lost(person):
                raise ValidationError(_("The person has lost this number."))
            return {"phone": {"phone": phone}}
        case "village_code":
            if village(text) is None:
                raise ValidationError(_("Choose a village."))
            return {"place": {"village_code": text, "address": ""}}
        case _:
            return {"died": {"died": str(PartialDate.parse(text))}}

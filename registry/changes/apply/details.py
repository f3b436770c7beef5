"""Corrections and updates of one person's details."""

from typing import Any

from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from registry.changes.apply.common import Applying
from registry.errors import DocumentTaken, Outdated
from registry.facts.table import CIRCUMSTANCES
from registry.models import Person
from registry.persons.circumstances import told
from registry.persons.labels import NO_DOCUMENT
from registry.persons.validation import (
    NAME_VALIDATORS,
    validate_born,
    validate_document_number,
    validate_phone,
)
from registry.persons.writer import NumberTaken


def phone(change: Applying) -> None:
    person = change.one
    change.writer.update_person(person, phone=validate_phone(change.answers["phone"]["phone"]))


def circumstances(change: Applying) -> None:
    """A missing answer keeps the recorded value; "I do not know" clears it."""
    person = change.one
    entered = told(change.answers["circumstances"], change.answers.get("difficulties", {}))
    values: dict[str, Any] = {
        name: CIRCUMSTANCES[name].stored(answer) for name, answer in entered.items() if answer
    }
    change.writer.update_person(person, **values)


def name(change: Applying) -> None:
    person, entered = change.one, change.answers["name"]
    names = {field: validate(entered[field]) for field, validate in NAME_VALIDATORS.items()}
    change.writer.update_person(person, **names)


def sex(change: Applying) -> None:
    person = change.one
    sex = Person.Sex(change.answers["sex"]["sex"])
    pregnant = None if sex == Person.Sex.MALE else person.pregnant
    change.writer.update_person(person, sex=sex, pregnant=pregnant)


def date_of_birth(change: Applying) -> None:
    person = change.one
    born = PartialDate.parse(change.answers["birth"]["born"])
    change.writer.update_person(person, born=validate_born(born))


def document(change: Applying) -> None:
    """Replaces the document of the same type."""
    person, entered = change.one, change.answers["document"]
    kind = entered["document_type"]
    if kind == NO_DOCUMENT:
        raise Outdated(_("No document was named."))
    number = validate_document_number(kind, entered["document_number"])
    try:
        change.writer.replace_document(person, kind, number)
    except NumberTaken:
        raise DocumentTaken(
            _("A person with this document is registered already. Check the type and the number.")
        ) from None

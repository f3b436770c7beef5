"""Corrections and news of one person."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from registry.changes.apply.common import Applying, member_of
from registry.errors import DocumentTaken, Outdated
from registry.facts.table import CIRCUMSTANCES
from registry.identity.documents import document_digest
from registry.identity.name_keys import name_keys
from registry.models import IdentityDocument, Person
from registry.persons.household_services import touch
from registry.persons.labels import NO_DOCUMENT
from registry.persons.validation import (
    validate_date_of_birth,
    validate_document_number,
    validate_latin_name,
    validate_name,
    validate_phone,
)

NAMES = ("family_name", "given_name", "latin_family_name", "latin_given_name")


def phone(change: Applying) -> None:
    person = member_of(change.household, change.person).person
    person.phone = validate_phone(change.answers["phone"]["phone"])
    person.save(update_fields=["phone"])
    touch(change.household)


def circumstances(change: Applying) -> None:
    """An answer left out stays as it was; "I do not know" makes it unknown."""
    person = member_of(change.household, change.person).person
    told = change.answers["circumstances"]
    for name, asked in CIRCUMSTANCES.items():
        if answer := told.get(name):
            setattr(person, name, asked.stored(answer))
    person.save(update_fields=list(CIRCUMSTANCES))
    touch(change.household)


def name(change: Applying) -> None:
    person, told = member_of(change.household, change.person).person, change.answers["name"]
    person.family_name = validate_name(told["family_name"])
    person.given_name = validate_name(told["given_name"])
    person.latin_family_name = validate_latin_name(told["latin_family_name"])
    person.latin_given_name = validate_latin_name(told["latin_given_name"])
    person.name_key, person.given_key = name_keys(person.family_name, person.given_name)
    person.latin_key, person.latin_given_key = name_keys(person.latin_family_name, person.latin_given_name)
    person.save(update_fields=[*NAMES, "name_key", "given_key", "latin_key", "latin_given_key"])
    touch(change.household)


def sex(change: Applying) -> None:
    person = member_of(change.household, change.person).person
    person.sex = Person.Sex(change.answers["sex"]["sex"])
    if person.sex == Person.Sex.MALE:
        person.pregnant = None
    person.save(update_fields=["sex", "pregnant"])
    touch(change.household)


def date_of_birth(change: Applying) -> None:
    person = member_of(change.household, change.person).person
    born, precision = change.answers["birth"]["born"]
    person.date_of_birth = validate_date_of_birth(date.fromisoformat(born))
    person.birth_precision = Person.Precision(precision)
    person.save(update_fields=["date_of_birth", "birth_precision"])
    touch(change.household)


def document(change: Applying) -> None:
    """A new number of the same type takes the place of the old one."""
    person, told = member_of(change.household, change.person).person, change.answers["document"]
    kind = told["document_type"]
    if kind == NO_DOCUMENT:
        raise Outdated(_("No document was named."))
    number = validate_document_number(kind, told["document_number"])
    try:
        with transaction.atomic():
            person.documents.filter(type=kind).delete()
            IdentityDocument.objects.create(
                person=person, type=kind, number=number, digest=document_digest(kind, number)
            )
    except IntegrityError:
        raise DocumentTaken(
            _("A person with this document is registered already. Check the type and the number.")
        ) from None
    touch(change.household)

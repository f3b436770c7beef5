"""What the operator that issues it says of a person: the number of a card, the level of a disability."""

import pghistory
from django.db import transaction

from registry.identity.documents import document_digest
from registry.models import IdentityDocument, Membership, Person
from registry.persons.household_services import locked, touch, touch_person
from registry.persons.validation import validate_document_number


class NumberTaken(Exception):
    """Another person holds a document of this type and number, which can be one person's only."""


def hold_home(person: Person) -> None:
    home = Membership.objects.filter(person=person, ended_on=None).select_related("household").first()
    if home:
        locked(home.household)


def hold(person: Person) -> Person:
    """The person as they are now, until the transaction ends; their household first, as everywhere."""
    hold_home(person)
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def keep_card(*, person: Person, type: str, number: str) -> None:
    """In the place of an earlier number of that type. Raises ValidationError, and ``NumberTaken``."""
    number = validate_document_number(type, number)
    digest = document_digest(type, number)
    with transaction.atomic(), pghistory.context(why="keep_card"):
        person = hold(person)
        alike = IdentityDocument.objects.filter(type=type, digest=digest)
        if alike.filter(person=person).exists():
            return
        if type not in IdentityDocument.SHARED_TYPES and alike.exists():
            raise NumberTaken
        person.documents.filter(type=type).delete()
        IdentityDocument.objects.create(person=person, type=type, number=number, digest=digest)
        touch_home(person)


def set_disability_level(*, person: Person, level: str) -> None:
    """Empty: no disability was found. Told twice, nothing changes. ValueError for no such level."""
    if level and level not in Person.DisabilityLevel.values:
        raise ValueError(f"no level of disability: {level}")
    with transaction.atomic(), pghistory.context(why="set_disability_level"):
        person = hold(person)
        if person.disability_level != level:
            person.disability_level = level
            person.save(update_fields=["disability_level"])
            touch_home(person)


def touch_home(person: Person) -> None:
    """Operators that may hold the person hold an older version now."""
    home = Membership.objects.filter(person=person, ended_on=None).select_related("household").first()
    if home:
        touch(home.household)
    else:
        touch_person(person)

"""What operators report of persons and households: a poverty level, a card, a disability."""

from datetime import date

from django.db import transaction

from dsp_platform.database.history_context import history_context
from registry.identity.documents import document_digest
from registry.models import Household, IdentityDocument, Person
from registry.persons.origins import reported_by
from registry.persons.validation import validate_document_number
from registry.persons.writer import NumberTaken, PersonWriter, lock_household, lock_person


def set_poverty_level(
    *, household: Household, level: str, valid_to: date | None, operator: str = ""
) -> Household:
    """The level that IDPoor reports; reported twice, it changes nothing. ``operator``: as of
    ``set_disability_level``. ValueError for no such level."""
    if level not in Household.PovertyLevel.values:
        raise ValueError(f"no poverty level: {level}")
    with transaction.atomic(), history_context("set_poverty_level"), PersonWriter() as writer:
        household = lock_household(household)
        if (household.poverty_level, household.poverty_valid_to) != (level, valid_to):
            said_by = reported_by(operator)
            writer.update_household(
                household, poverty_level=level, poverty_valid_to=valid_to, poverty_source=said_by
            )
    household.refresh_from_db(fields=["version"])
    return household


def save_card(*, person: Person, type: str, number: str) -> None:
    """In the place of an earlier number of that type. Raises ValidationError, and ``NumberTaken``."""
    number = validate_document_number(type, number)
    with transaction.atomic(), history_context("save_card"), PersonWriter() as writer:
        person = lock_person(person)
        alike = IdentityDocument.objects.filter(type=type, digest=document_digest(type, number))
        if alike.filter(person=person).exists():
            return
        if type not in IdentityDocument.SHARED_TYPES and alike.exists():
            raise NumberTaken
        writer.replace_document(person, type, number)


def set_disability_level(*, person: Person, level: str, operator: str = "") -> None:
    """Empty: no disability was found. ``operator``: whose report it is. Reported twice, it changes nothing.
    ValueError for no such level.
    """
    if level and level not in Person.DisabilityLevel.values:
        raise ValueError(f"no level of disability: {level}")
    with transaction.atomic(), history_context("set_disability_level"), PersonWriter() as writer:
        person = lock_person(person)
        if person.disability_level != level:
            writer.update_person(person, origin=reported_by(operator), disability_level=level)

"""Persons as a registration tells them: new rows, or a person met before and found by document."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dsp_platform.accounts.models import User
from dsp_platform.khmer.text import clean
from registry.errors import AlreadyRegistered
from registry.facts.table import CIRCUMSTANCES
from registry.identity.documents import document_digest
from registry.identity.name_keys import name_keys
from registry.models import IdentityDocument, Membership, Person
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.validation import (
    validate_document_number,
    validate_latin_name,
    validate_name,
    validate_phone,
)


@dataclass(slots=True)
class Told:
    """One member: what was told, the person it became, and the person met before, if any."""

    details: PersonDetails
    person: Person
    known: bool = False

    @property
    def digest(self) -> bytes | None:
        if not self.details.document_number:
            return None
        return document_digest(self.details.document_type, self.details.document_number)


def _fill(person: Person, details: PersonDetails, household: HouseholdDetails) -> Person:
    person.family_name = validate_name(details.family_name)
    person.given_name = validate_name(details.given_name)
    person.latin_family_name = validate_latin_name(details.latin_family_name)
    person.latin_given_name = validate_latin_name(details.latin_given_name)
    person.name_key, person.given_key = name_keys(person.family_name, person.given_name)
    person.latin_key, person.latin_given_key = name_keys(person.latin_family_name, person.latin_given_name)
    person.sex = details.sex
    person.date_of_birth = details.date_of_birth
    person.birth_precision = details.birth_precision
    person.phone = validate_phone(details.phone) or person.phone
    person.village_id = household.village_code
    person.language = household.language
    for circumstance in CIRCUMSTANCES:
        if (answer := getattr(details, circumstance)) is not None:
            setattr(person, circumstance, answer)
    return person


def told(details: HouseholdDetails, actor: User | None) -> list[Told]:
    """Every member as a new person, not saved yet."""
    by_official = actor is not None and not actor.is_citizen
    level = Person.Verification.COMMUNE if by_official else Person.Verification.SELF
    return [
        Told(
            member,
            _fill(Person(verification=level, registered_by=actor), member, details),
        )
        for member in details.members
    ]


def recognise(members: Sequence[Told], details: HouseholdDetails) -> None:
    """Put the person met before in the place of the new one, where a document says it is the same.

    Raises AlreadyRegistered where that person lives in a household, or another name or date of birth
    stands with the document.
    """
    holders = _holders([member.digest for member in members if member.digest])
    for index, member in enumerate(members):
        known = holders.get((member.details.document_type, member.digest or b""))
        if known is None:
            continue
        if not _agrees(known, member.person) or not _is_free(known):
            raise AlreadyRegistered(member=index)
        member.person = _fill(known, member.details, details)
        member.person.version += 1
        member.known = True


def _holders(digests: Sequence[bytes]) -> dict[tuple[str, bytes], Person]:
    if not digests:
        return {}
    documents = (
        IdentityDocument.objects.filter(digest__in=digests)
        .exclude(type__in=IdentityDocument.SHARED_TYPES)
        .select_related("person")
        .select_for_update(of=("person",), no_key=True)
    )
    return {(document.type, bytes(document.digest)): document.person for document in documents}


def _agrees(known: Person, new: Person) -> bool:
    def key(person: Person) -> tuple[frozenset[str], date]:
        return frozenset({person.name_key, person.given_key}), person.date_of_birth

    return known.merged_into_id is None and known.died_on is None and key(known) == key(new)


def same_person(member: Told) -> Person | None:
    """Whom the document names, wherever they live, if name and date of birth are the same too."""
    holders = _holders([member.digest] if member.digest else [])
    known = holders.get((member.details.document_type, member.digest or b""))
    return known if known is not None and _agrees(known, member.person) else None


def _is_free(person: Person) -> bool:
    return not Membership.objects.filter(person=person, ended_on=None).exists()


def documents_of(members: Sequence[Told]) -> list[IdentityDocument]:
    """Documents to save: those told, except the ones by which a person was recognised."""
    return [
        IdentityDocument(
            person=member.person,
            type=member.details.document_type,
            number=validate_document_number(
                member.details.document_type, clean(member.details.document_number)
            ),
            digest=digest,
        )
        for member in members
        if (digest := member.digest) and not member.known
    ]


CHANGED = (
    "family_name",
    "given_name",
    "latin_family_name",
    "latin_given_name",
    "name_key",
    "given_key",
    "latin_key",
    "latin_given_key",
    "sex",
    "date_of_birth",
    "birth_precision",
    "phone",
    "village",
    "language",
    "account",
    "version",
    *CIRCUMSTANCES,
)
"""What a registration may change in a person met before."""

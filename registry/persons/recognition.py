"""The members of a household as entered: new persons, or persons registered before and found by document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.khmer.text import clean
from registry.errors import AlreadyRegistered
from registry.identity.documents import document_digest
from registry.identity.spid import clean_spid
from registry.models import IdentityDocument, Person
from registry.persons.details import HouseholdDetails, PersonDetails
from registry.persons.labels import SPID
from registry.persons.validation import NAME_VALIDATORS, validate_document_number, validate_phone
from registry.persons.writer import lock_person_row, lock_persons, unsaved_person


@dataclass(slots=True)
class MemberEntry:
    """One member: what was entered, the same validated, and the person, not saved yet unless ``known``."""

    details: PersonDetails
    values: dict[str, Any]
    person: Person
    known: bool = False

    @property
    def digest(self) -> bytes | None:
        if not self.details.document_number:
            return None
        return document_digest(self.details.document_type, self.details.document_number)

    @property
    def documents(self) -> list[tuple[str, str]]:
        """Type and number of what is to be saved: not of the document by which a person was recognised."""
        kind, number = self.details.document_type, self.details.document_number
        return [(kind, validate_document_number(kind, clean(number)))] if number and not self.known else []


def _validated(details: PersonDetails, household: HouseholdDetails) -> dict[str, Any]:
    """By field of a person. A phone or circumstance that is not known leaves what is on record."""
    phone = validate_phone(details.phone)
    return {
        **{field: validate(getattr(details, field)) for field, validate in NAME_VALIDATORS.items()},
        "sex": details.sex,
        "born": details.born,
        **({"phone": phone} if phone else {}),
        "village_id": household.village_code,
        "language": household.language,
        **{name: answer for name, answer in details.circumstances.items() if answer is not None},
    }


def entries_of(details: HouseholdDetails, actor: User | None) -> list[MemberEntry]:
    """Every member as a new person."""
    by_official = actor is not None and not actor.is_citizen
    level = Person.Verification.COMMUNE if by_official else Person.Verification.SELF
    origin = {"verification": level, "registered_by": actor}
    entries = []
    for member in details.members:
        values = _validated(member, details)
        entries.append(MemberEntry(member, values, unsaved_person(values | origin)))
    return entries


def recognise(entries: Sequence[MemberEntry]) -> None:
    """Put the person registered before in the place of the new one, where a document says it is the same.

    Raises AlreadyRegistered where that person lives in a household, or another name or date of birth
    stands with the document.
    """
    holders = _holders([entry.digest for entry in entries if entry.digest])
    for index, entry in enumerate(entries):
        by_spid = entry.details.document_type == SPID
        key = (entry.details.document_type, entry.digest or b"")
        known = _of_spid(entry) if by_spid else holders.get(key)
        if known is None and not by_spid:
            continue
        if known is None or not _agrees(known, entry.person) or _lives_in_a_household(known):
            raise AlreadyRegistered(member=index)
        entry.person, entry.known = known, True


def _lives_in_a_household(person: Person) -> bool:
    return person.memberships.current().exists()


def _of_spid(entry: MemberEntry) -> Person | None:
    """Locked. The SPID of a merged record is an alias of the one that remains."""
    spid = clean_spid(entry.details.document_number) or ""
    person = Person.objects.filter(spid=spid).select_related("merged_into").first()
    return lock_person_row(person.merged_into or person) if person else None


def _holders(digests: Sequence[bytes]) -> dict[tuple[str, bytes], Person]:
    """Locked."""
    if not digests:
        return {}
    documents = list(
        IdentityDocument.objects.filter(digest__in=digests).exclude(type__in=IdentityDocument.SHARED_TYPES)
    )
    if not documents:
        return {}
    persons = lock_persons({document.person_id for document in documents})
    return {(document.type, bytes(document.digest)): persons[document.person_id] for document in documents}


def is_told_of(told: PartialDate, known: Person) -> bool:
    """Whether this date of birth identifies the person: the same rule for a document, a move and a claim.

    What is told must be within what is on record. So it may be more exact than the record, but not less: who
    holds a number would guess a year in a hundred tries instead of a date in 36,500, and each answer would
    confirm it.
    """
    return told.is_within(known.born)


def _agrees(known: Person, new: Person) -> bool:
    def names(person: Person) -> frozenset[str]:
        return frozenset({person.name_key, person.given_key})

    return known.is_current and names(known) == names(new) and is_told_of(new.born, known)


def same_person(entry: MemberEntry) -> Person | None:
    """Whom the document names, wherever they live, if name and date of birth are the same too."""
    holders = _holders([entry.digest] if entry.digest else [])
    known = holders.get((entry.details.document_type, entry.digest or b""))
    return known if known is not None and _agrees(known, entry.person) else None

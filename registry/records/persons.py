from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from dsp_platform.exchange.contract import Record, Value, Withdrawal
from dsp_platform.exchange.models import Agreement
from registry.eligibility.facts import disability, poverty_level
from registry.models import IdentityDocument, Membership, Person
from registry.records.entitled import by_application, by_rule, consents

# Which document an operator is told of when a person has several.
_PRECEDENCE = list(IdentityDocument.Type.values)


class PersonKind:
    name = "person"
    fields: Sequence[str] = (
        "spid",
        "family_name",
        "given_name",
        "full_name",
        "latin_name",
        "sex",
        "date_of_birth",
        "birth_precision",
        "year_of_birth",
        "phone",
        "village_code",
        "commune_code",
        "household_number",
        "relationship",
        "is_head",
        "disability",
        "pregnant",
        "studying",
        "working",
        "poverty_level",
        "document_type",
        "document_number",
        "verification",
    )

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        return set(_entitled(agreement, subjects, _homes(subjects)))

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        persons = Person.objects.in_bulk(subjects)
        homes = _homes(subjects)
        entitled = _entitled(agreement, subjects, homes)
        documents = _documents(entitled) if "document_number" in agreement.fields else {}
        key = agreement.mapping["key"]["field"]
        today = timezone.localdate()
        for pk in sorted(persons):
            person = persons[pk]
            values = _values(person, homes.get(pk), documents.get(pk), today)
            if pk in entitled:
                limited = {field: values[field] for field in agreement.fields}
                yield Record(pk, person.version, limited, entitled[pk])
            else:
                yield Withdrawal(pk, person.version, str(values[key]))

    def population(self, after: int, limit: int) -> Sequence[tuple[int, int]]:
        persons = Person.objects.filter(pk__gt=after, merged_into=None).order_by("pk")
        return list(persons.values_list("pk", "version")[:limit])


def _homes(persons: Collection[int]) -> dict[int, Membership]:
    """Where each person lives now, with the household."""
    memberships = Membership.objects.filter(person__in=persons, ended_on=None)
    return {membership.person_id: membership for membership in memberships.select_related("household")}


def _entitled(
    agreement: Agreement, persons: Collection[int], homes: dict[int, Membership]
) -> dict[int, int | None]:
    """Whom the operator may hold, with the consent that rests on; None where a law is the basis."""
    concerned = by_rule(agreement, persons) | by_application(agreement, persons)
    gone = Person.objects.filter(pk__in=concerned).exclude(merged_into=None, died_on=None)
    concerned -= set(gone.values_list("pk", flat=True))
    if agreement.basis == Agreement.Basis.LAW:
        return dict.fromkeys(concerned)
    given = consents(agreement, {home.household_id for home in homes.values()})
    return {
        pk: given[homes[pk].household_id]
        for pk in concerned
        if pk in homes and homes[pk].household_id in given
    }


@dataclass(frozen=True, slots=True)
class _Document:
    type: str
    number: str


def _documents(persons: Collection[int]) -> dict[int, _Document]:
    found = sorted(
        IdentityDocument.objects.filter(person__in=persons),
        key=lambda document: (_PRECEDENCE.index(document.type), document.pk),
        reverse=True,
    )
    return {document.person_id: _Document(document.type, str(document.number)) for document in found}


def _values(
    person: Person, home: Membership | None, document: _Document | None, today: date
) -> dict[str, Value]:
    return {
        "spid": person.spid,
        "family_name": person.family_name,
        "given_name": person.given_name,
        "full_name": person.name,
        "latin_name": person.latin_name,
        "sex": person.sex,
        "date_of_birth": person.date_of_birth.isoformat(),
        "birth_precision": person.birth_precision,
        "year_of_birth": person.date_of_birth.year,
        "phone": person.phone,
        "village_code": person.village_id,
        "commune_code": person.village_id[:6],
        "household_number": home.household.number if home else None,
        "relationship": home.relationship if home else None,
        "is_head": home.relationship == Membership.Relationship.HEAD if home else None,
        "disability": disability(person),
        "pregnant": person.pregnant,
        "studying": person.studying,
        "working": person.working,
        "poverty_level": poverty_level(home.household if home else None, today),
        "document_type": document.type if document else None,
        "document_number": document.number if document else None,
        "verification": person.verification,
    }

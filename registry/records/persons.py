from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dsp_platform.encryption import crypto
from dsp_platform.exchange.contract import Record, Withdrawal
from dsp_platform.exchange.models import Agreement
from registry.eligibility.sql import HOME_TABLES, LIVING, OF_PERSONS
from registry.facts.table import FACTS
from registry.fields.table import labels
from registry.models import IdentityDocument, Person
from registry.records.entitled import applicants_part, rule_part
from registry.records.kind import StatementKind
from registry.records.statement import OF_SUBJECTS, Statement, statement

# The SQL of each field, over ``person``, ``home``, ``household`` and ``document``.
FIELDS = {
    "spid": "person.spid",
    "family_name": "person.family_name",
    "given_name": "person.given_name",
    "full_name": "concat_ws(' ', NULLIF(person.family_name, ''), NULLIF(person.given_name, ''))",
    "latin_name": "concat_ws(' ', NULLIF(person.latin_family_name, ''), NULLIF(person.latin_given_name, ''))",
    "sex": "person.sex",
    "date_of_birth": "to_char(person.date_of_birth, 'YYYY-MM-DD')",
    "birth_precision": "person.birth_precision",
    "year_of_birth": "EXTRACT(YEAR FROM person.date_of_birth)::int",
    "phone": "person.phone",
    "village_code": "person.village_id",
    "commune_code": "left(person.village_id, 6)",
    "household_number": "household.number",
    "relationship": "home.relationship",
    "is_head": FACTS["is_head"].sql,
    "disability": FACTS["disability"].sql,
    "pregnant": "person.pregnant",
    "studying": "person.studying",
    "working": "person.working",
    "poverty_level": FACTS["poverty_level"].sql,
    "document_type": "document.type",
    "document_number": "document.number",
    "verification": "person.verification",
}
_ENCRYPTED = "document_number"

# Without ``birth_precision`` an operator would take the first day of a year for the date of birth.
_EXACT_BIRTH = f"(CASE person.birth_precision WHEN 'day' THEN {FIELDS['date_of_birth']} END)"

# Of several documents of a person an operator receives one: by the order of the list of types.
_DOCUMENT = """
LEFT JOIN LATERAL (
    SELECT type, number FROM registry_identitydocument
    WHERE person_id = person.id
    ORDER BY array_position(ARRAY[{types}]::text[], type::text), id LIMIT 1
) document ON TRUE""".format(  # noqa: S608  # words of the model only
    types=", ".join(f"'{value}'" for value in IdentityDocument.Type.values)
)

# No agreement concerns the dead and those who were merged into another record.
_WHOM = f"{LIVING} AND ({{rule}} OR person.id IN ({{applicants}}))"


class PersonKind(StatementKind):
    name = "person"
    label = _("person")
    my_data_name = _("Details of a person")
    labels = labels(*FIELDS)
    columns = FIELDS
    model = Person
    key_columns: ClassVar = {"spid": "spid"}

    def everybody(self) -> QuerySet[Person]:
        return Person.objects.filter(merged_into=None)

    def statement(self, agreement: Agreement, subjects: Sequence[int]) -> Statement:
        with_document = any(name.startswith("document_") for name in agreement.fields)
        return of_persons(agreement, subjects, _DOCUMENT if with_document else "")

    def columns_for(self, agreement: Agreement) -> Mapping[str, str]:
        if "birth_precision" in agreement.fields:
            return FIELDS
        return {**FIELDS, "date_of_birth": _EXACT_BIRTH}

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        found = super().build(agreement, subjects)
        return _decrypted(found) if _ENCRYPTED in agreement.fields else found


def of_persons(agreement: Agreement, subjects: Sequence[int] | None, more_tables: str = "") -> Statement:
    """Over these persons, or (None) over everybody."""
    return statement(
        agreement,
        alias="person",
        household="home.household_id",
        tables=f"registry_person person{HOME_TABLES}{more_tables}",
        part=rule_part(agreement, OF_PERSONS if subjects is not None else ""),
        whom=_WHOM,
        applicants=applicants_part(agreement, OF_SUBJECTS if subjects is not None else ""),
    )


def _decrypted(items: Iterator[Record | Withdrawal]) -> Iterator[Record | Withdrawal]:
    for item in items:
        if isinstance(item, Record) and (token := item.values[_ENCRYPTED]) is not None:
            item.values[_ENCRYPTED] = crypto.decrypt(token)  # type: ignore[index, arg-type]
        yield item

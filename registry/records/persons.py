from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from dsp_platform import crypto
from dsp_platform.exchange.contract import Explainer, Record, RecordKind, Withdrawal
from dsp_platform.exchange.models import Agreement
from registry.eligibility.sql import HOME_TABLES, OF_PERSONS
from registry.facts.table import FACTS
from registry.fields.table import labels
from registry.models import IdentityDocument, Person
from registry.records.entitled import applied, rule_part
from registry.records.statement import Statement, records, statement

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
_WHOM = "person.merged_into_id IS NULL AND person.died_on IS NULL AND ({rule} OR person.id = {applicants})"


class PersonKind(RecordKind):
    name = "person"
    label = _("person")
    my_data_name = _("Details of a person")
    labels = labels(*FIELDS)
    fields: Sequence[str] = tuple(FIELDS)
    keys: Sequence[str] = ("spid",)

    def __init__(self, explainer: Explainer | None = None) -> None:
        self.explainer = explainer

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        return of_persons(agreement, subjects).ids(subjects)

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        names = agreement.fields
        with_document = any(name.startswith("document_") for name in names)
        asked = of_persons(agreement, subjects, _DOCUMENT if with_document else "")
        columns = [FIELDS[name] for name in (agreement.layout.key_field, *names)]
        found = records(asked.rows(subjects, columns), names)
        return _decrypted(found) if _ENCRYPTED in names else found

    def population(self, after: int, limit: int) -> Sequence[tuple[int, int]]:
        persons = Person.objects.filter(pk__gt=after, merged_into=None).order_by("pk")
        return list(persons.values_list("pk", "version")[:limit])

    def size(self) -> int:
        return Person.objects.filter(merged_into=None).count()

    def subjects_of(self, field: str, keys: Sequence[str]) -> dict[str, int]:
        if field not in self.keys:
            raise ValueError(f"not a key of persons: {field}")
        return dict(Person.objects.filter(spid__in=keys).values_list("spid", "pk"))


def of_persons(agreement: Agreement, subjects: Sequence[int] | None, more_tables: str = "") -> Statement:
    """Over these persons, or (None) over everybody."""
    return statement(
        agreement,
        alias="person",
        household="home.household_id",
        tables=f"registry_person person{HOME_TABLES}{more_tables}",
        part=rule_part(agreement, OF_PERSONS if subjects is not None else ""),
        whom=_WHOM,
        applicants=applied(agreement, subjects),
    )


def _decrypted(items: Iterator[Record | Withdrawal]) -> Iterator[Record | Withdrawal]:
    for item in items:
        if isinstance(item, Record) and (token := item.values[_ENCRYPTED]) is not None:
            item.values[_ENCRYPTED] = crypto.decrypt(token)  # type: ignore[index, arg-type]
        yield item

"""Fields that an agreement does not name are never sent, and a withdrawal leaves a tombstone: checked in
every column of every table of every operator's database.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db.models import F

from applications.models import Application
from applications.services import submit_application
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.management.commands.load_operators import REFERENCE
from dsp_platform.exchange.models import LedgerEntry
from grievances.models import Grievance
from grievances.services import Details, report_grievance
from registry.consents.services import withdraw_consent
from registry.identity.documents import document_digest
from registry.models import Household, IdentityDocument, Membership, Person, Programme
from registry.persons.reported import set_poverty_level
from registry.persons.writer import bump_household
from registry.registration.services import register_household
from tests.exchange.conftest import OperatorDatabase
from tests.registry.cast import child_details, household_details, person_details
from tests.roles import as_owner
from tests.stack import empty_operator_databases

FILES = {path.stem: json.loads(path.read_text()) for path in sorted(REFERENCE.glob("*.json"))}
WELL = dict.fromkeys(("seeing", "hearing", "remembering", "self_care", "communicating"), 1)
Row = dict[str, Any]


@dataclass
class Family:
    """A household whose head has every field of every kind."""

    code: str
    database: OperatorDatabase
    household: Household
    head: Person
    child: Person

    @property
    def agreements(self) -> list[dict[str, Any]]:
        return FILES[self.code]["agreements"]

    @property
    def agreed(self) -> set[str]:
        return {f"{one['kind']}.{field}" for one in self.agreements for field in one["fields"]}

    def deliver(self) -> None:
        drain(self.code)
        assert not LedgerEntry.objects.filter(operator=self.code, state__in=["due", "held"]).exists()

    def deliver_again(self) -> None:
        Application.objects.update(version=F("version") + 1)
        Grievance.objects.update(version=F("version") + 1)
        bump_household(self.household)
        self.deliver()

    def rows(self) -> dict[str, list[Row]]:
        """Everything in the operator's database."""
        tables = self.database(
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname !~ '^pg_|^information_schema$' ORDER BY 1"
        )
        return {
            table: [row for (row,) in self.database(f"SELECT to_jsonb(t) FROM {table} t ORDER BY t")]
            for (table,) in tables
        }


@pytest.fixture(params=sorted(FILES))
def family(request, areas, sokha, operator_databases) -> Family:
    code = request.param
    empty_operator_databases(code)
    call_command("load_operators", REFERENCE / f"{code}.json", verbosity=0)
    with as_owner():
        programme = Programme.objects.create(
            code="asked-for", operator_id=code, name_en="Asked for", state="open"
        )
    head = person_details(
        phone="+85512345678", document_type="identity_card", document_number="010456123",
        walking=3, pregnant=True, studying=True, working=True, **WELL,
    )  # fmt: skip
    household = register_household(
        actor=sokha, details=household_details(head, child_details(studying=True), operators=(code,))
    )
    set_poverty_level(household=household, level="level1", valid_to=None)
    person, child = Person.objects.filter(memberships__household=household).order_by("pk")
    submit_application(actor=sokha, assisted_session=None, person=person, programme=programme, consent=False)
    told = Details(
        category="payment",
        text="ប្រាក់មិនមកដល់",
        operator=programme.operator,
        programme=programme,
        area=person.village.parent,
    )
    report_grievance(
        actor=sokha, assisted_session=None, submission=UUID(int=1), details=told, language="km", known=True
    )
    household.refresh_from_db()
    family = Family(code, OperatorDatabase(code), household, person, child)
    family.deliver()
    return family


Change = Callable[[Family], Any]


def head(**values: Any) -> Change:
    return lambda family: Person.objects.filter(pk=family.head.pk).update(**values)


def child(**values: Any) -> Change:
    return lambda family: Person.objects.filter(pk=family.child.pk).update(**values)


def home(**values: Any) -> Change:
    return lambda family: Household.objects.update(**values)


def relation(of: str, **values: Any) -> Change:
    return lambda family: Membership.objects.filter(person=getattr(family, of)).update(**values)


def application(**values: Any) -> Change:
    return lambda family: Application.objects.update(**values)


def grievance(**values: Any) -> Change:
    return lambda family: Grievance.objects.update(**values)


def document(type: str, number: str) -> Change:
    digest = document_digest(type, number)
    return lambda family: IdentityDocument.objects.update(type=type, number=number, digest=digest)


def moved(village: str) -> Change:
    return lambda family: (home(village=village)(family), head(village=village)(family))


def another_head(family: Family) -> None:
    relation("head", relationship="parent")(family)
    relation("child", relationship="head")(family)


def another_member(family: Family) -> None:
    person = Person.objects.create(
        spid="000000000013",
        given_name="ថ្មី",
        sex="male",
        date_of_birth=date(2001, 1, 1),
        village_id="01020101",
    )
    Membership.objects.create(
        household=family.household, person=person, relationship="child", started_on=date(2026, 1, 1)
    )


# What is changed, and which fields of which kinds would show it.
CHANGES: list[tuple[str, Change]] = [
    ("person.family_name person.full_name household.head_name household.payee_name", head(family_name="ឈឹម")),
    ("person.given_name person.full_name household.head_name household.payee_name", head(given_name="រដ្ឋា")),
    ("person.latin_name", head(latin_family_name="Chhim")),
    ("person.sex", child(sex="male")),
    ("person.date_of_birth", head(date_of_birth=date(1984, 5, 15))),
    ("person.date_of_birth person.year_of_birth", head(date_of_birth=date(1986, 5, 15))),
    (
        "person.date_of_birth person.birth_precision",
        head(date_of_birth=date(1984, 4, 1), birth_precision="month"),
    ),
    ("person.phone household.phone", head(phone="+85598765432")),
    ("person.village_code household.village_code", moved("01020102")),
    (
        "person.village_code person.commune_code household.village_code household.commune_code",
        moved("01020201"),
    ),
    ("household.address", home(address="ផ្ទះលេខ ៩៩")),
    ("household.member_count person.spid", another_member),
    ("person.relationship", relation("child", relationship="grandchild")),
    (
        "person.relationship person.is_head household.head_spid household.head_name household.phone"
        " household.payee_spid household.payee_name",
        another_head,
    ),
    (
        "household.payee_spid household.payee_name",
        lambda family: Household.objects.update(payee=family.child),
    ),
    ("person.disability", head(walking=1)),
    ("person.pregnant", head(pregnant=False)),
    ("person.studying", head(studying=False)),
    ("person.working", head(working=False)),
    ("person.poverty_level household.poverty_level", home(poverty_level="level2")),
    ("person.document_number", document("identity_card", "010999888")),
    ("person.document_number person.document_type", document("passport", "N1234567")),
    ("person.verification", head(verification="source")),
    (
        "person.spid household.head_spid household.payee_spid application.spid grievance.spid",
        head(spid="000000000021"),
    ),
    (
        "person.household_number household.household_number application.household_number"
        " grievance.household_number",
        home(number="H-0000-0000"),
    ),
    ("application.reference", application(reference="A-0000-0000")),
    (
        "application.programme_code grievance.programme_code",
        as_owner()(lambda family: Programme.objects.update(code="other")),
    ),
    ("application.state", application(state="in_review")),
    ("application.verdict", application(verdict="unlikely")),
    ("application.submitted_on", application(submitted_at=datetime(2026, 1, 2, 9, tzinfo=UTC))),
    ("grievance.reference", grievance(reference="G-0000-0000")),
    ("grievance.grievance_category", grievance(category="other")),
    ("grievance.commune_code", grievance(area="010202")),
    ("grievance.grievance_state", grievance(state="in_review")),
    ("grievance.reported_on", grievance(reported_at=datetime(2026, 1, 2, 9, tzinfo=UTC))),
    ("grievance.answer_until", grievance(due_at=datetime(2027, 1, 2, 9, tzinfo=UTC))),
    ("grievance.grievance_words", grievance(text="ខុស")),
]


def bookkeeping(family: Family) -> set[str]:
    """Columns with times and counts, not content."""
    mappings = [agreement["mapping"] for agreement in family.agreements]
    return {column for one in mappings for column in (one["version"], one.get("written_at")) if column}


def without(rows: dict[str, list[Row]], columns: set[str]) -> dict[str, list[Row]]:
    return {
        table: [{name: value for name, value in row.items() if name not in columns} for row in found]
        for table, found in rows.items()
    }


@pytest.mark.django_db  # answers to a programme's questions may be among them
def test_no_field_is_forgotten_here():
    noticed = {field for fields, _change in CHANGES for field in fields.split()}
    assert noticed == {f"{name}.{field}" for name, kind in registered.kinds.items() for field in kind.fields}


def test_exactly_what_is_agreed_is_there(family):
    before = family.rows()
    for agreement in family.agreements:  # otherwise nothing would leave because nothing is delivered
        arrived = before[quoted(agreement["mapping"]["table"])]
        assert all(any(row[name] not in (None, "") for row in arrived) for name in columns(agreement))
    for fields, change in CHANGES:
        if not family.agreed.intersection(fields.split()):
            change(family)
    family.deliver_again()
    after, own = family.rows(), bookkeeping(family)
    assert after != before  # it was delivered again
    assert without(after, own) == without(before, own)


def test_a_withdrawal_leaves_the_tombstone_and_nothing_else(family, sokha):
    received = family.rows()
    withdraw_consent(
        household=family.household, operator_code=family.code, actor=sokha, assisted_session=None
    )
    family.deliver()
    rows = family.rows()
    for agreement in family.agreements:
        mapping, table = agreement["mapping"], quoted(agreement["mapping"]["table"])
        left = {mapping["key"]["column"], *mapping.get("constants", {}), *bookkeeping(family), *flag(mapping)}
        own = {name for name, default in defaults(family, table) if default} - set(columns(agreement))
        assert len(rows[table]) == len(received[table]) > 0
        for row in rows[table]:
            kept = {name for name, value in row.items() if value not in (None, "")}
            assert kept <= left | own
            assert kept >= {mapping["key"]["column"], mapping["version"], *flag(mapping)}


def columns(agreement: dict[str, Any]) -> list[str]:
    """The columns into which the agreement's fields are written."""
    entries = agreement["mapping"]["columns"].values()
    specs = [spec for entry in entries for spec in (entry if isinstance(entry, list) else [entry])]
    return [spec if isinstance(spec, str) else spec["column"] for spec in specs]


def flag(mapping: dict[str, Any]) -> set[str]:
    """The columns for withdrawn, and since when."""
    spec = mapping["withdrawn"]
    if isinstance(spec, str):
        return {spec}
    at = spec.get("at")
    return {spec["column"], *([at if isinstance(at, str) else at["column"]] if at else [])}


def defaults(family: Family, table: str) -> list[tuple[str, bool]]:
    """Columns that the operator fills itself."""
    return family.database(
        "SELECT attname, atthasdef OR attidentity <> '' FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0",
        table,
    )


def quoted(table: str) -> str:
    schema, _dot, name = table.rpartition(".")
    return f"{schema or 'public'}.{name if name.islower() else json.dumps(name)}"

"""A record kind for tests only, and the operators' real databases beside the platform's."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import psycopg
import pytest
from django.db import transaction

from dsp_platform.exchange import contract
from dsp_platform.exchange.contract import Record, RecordKind, Withdrawal
from dsp_platform.exchange.delivery.drain import drain
from dsp_platform.exchange.ledger import services
from dsp_platform.exchange.models import Agreement, LedgerEntry, Operator
from registry.fields.table import labels
from tests.roles import as_owner
from tests.stack import own_operator_databases

MAPPING = {
    "table": "fp_person",
    "key": {"field": "spid", "column": "spid"},
    "version": "dspp_version",
    "withdrawn": {"column": "deleted", "boolean": [False, True], "at": "deleted_on"},
    "columns": {
        "full_name": "full_name",
        "sex": {"column": "sex", "values": {"female": "F", "male": "M"}},
        "date_of_birth": "birth_date",
    },
}
FIELDS = ["spid", "full_name", "sex", "date_of_birth"]


@dataclass
class Subject:
    version: int = 1
    concerned: bool = True
    values: dict = field(default_factory=dict)


class People(RecordKind):
    """The kind ``person`` over a dictionary. ``concerned`` may be changed like a consent."""

    name = "person"
    labels = labels(*FIELDS, "phone")
    fields = (*FIELDS, "phone")
    keys = ("spid",)

    def __init__(self) -> None:
        self.rows: dict[int, Subject] = {}

    def add(self, number: int, **values: object) -> tuple[int, int]:
        self.rows[number] = Subject(
            values={
                "spid": f"{number:012d}",
                "full_name": f"សុខា {number}",
                "sex": "female",
                "date_of_birth": "1980-02-29",
                "phone": "+85512345678",
                **values,
            }
        )
        return number, 1

    def change(self, number: int, **values: object) -> tuple[int, int]:
        row = self.rows[number]
        row.version += 1
        row.values.update(values)
        return number, row.version

    def concerned(self, agreement: Agreement, subjects: Sequence[int]) -> set[int]:
        return {number for number in subjects if self.rows[number].concerned}

    def build(self, agreement: Agreement, subjects: Sequence[int]) -> Iterator[Record | Withdrawal]:
        for number in subjects:
            row = self.rows[number]
            if row.concerned:
                yield Record(number, row.version, dict(row.values), consent_id=number)
            else:
                yield Withdrawal(number, row.version, row.values["spid"])

    def population(self, after: int, limit: int) -> list[tuple[int, int]]:
        numbers = sorted(number for number in self.rows if number > after)[:limit]
        return [(number, self.rows[number].version) for number in numbers]

    def size(self) -> int:
        return len(self.rows)

    def subjects_of(self, field: str, keys: Sequence[str]) -> dict[str, int]:
        return {key: int(key) for key in keys if int(key) in self.rows}


@pytest.fixture
def people(monkeypatch) -> People:
    kind = People()
    monkeypatch.setattr(contract.registered, "kinds", {"person": kind})
    return kind


@pytest.fixture(scope="session")
def operator_databases() -> None:
    own_operator_databases()


class OperatorDatabase:
    def __init__(self, code: str) -> None:
        self.url = os.environ[f"OPERATOR_{code.upper()}_DATABASE_URL"]

    def __call__(self, query: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query, values)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def family_package_db(operator_databases) -> OperatorDatabase:
    database = OperatorDatabase("family_package")
    database("TRUNCATE fp_household, fp_person, fp_application, fp_application_event RESTART IDENTITY")
    return database


@pytest.fixture
def by_the_owner(db) -> Iterator[None]:
    """As the owner, of whom the database does not require two people."""
    with as_owner():
        yield


@as_owner()  # only the owner may create one that is in force
def agree(operator: Operator, **changes: object) -> Agreement:
    described = {
        "kind": "person",
        "fields": FIELDS,
        "mapping": MAPPING,
        "concerns": "rule",
        "rule": "true",
        "basis": "consent",
        "purpose": "Tests",
        "state": "approved",
        "valid_from": date(2026, 1, 1),
        **changes,
    }
    return Agreement.objects.create(operator=operator, **described)


@pytest.fixture
def family_package(db) -> Operator:
    operator = Operator.objects.create(code="family_package", name_en="Family Package")
    agree(operator)
    return operator


def announce(*subjects: tuple[int, int]) -> None:
    with transaction.atomic():
        services.announce(kind="person", subjects=subjects)


def entry(number: int) -> LedgerEntry:
    return LedgerEntry.objects.get(subject_id=number)


@pytest.fixture
def delivered(
    people: People, family_package: Operator, family_package_db: OperatorDatabase
) -> Callable[[int], None]:
    """That many people, all delivered to the operator."""

    def deliver(size: int) -> None:
        announce(*(people.add(number) for number in range(1, size + 1)))
        drain("family_package")
        assert family_package_db("SELECT count(*) FROM fp_person WHERE dspp_version > 0") == [(size,)]

    return deliver

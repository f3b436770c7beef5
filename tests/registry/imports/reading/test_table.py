"""A table of the operator's own database in place of a file."""

import os

import psycopg
import pytest

from dsp_platform.exchange.adapters import table_rows
from registry.imports.reading.sheet import Unreadable
from registry.imports.reading.table import open_table
from tests.stack import own_operator_databases

WANTED = ["beneficiary_id", "name", "birth_date"]


@pytest.fixture(scope="module")
def beneficiaries():
    """More than one pack of them, in a table that a test made."""
    own_operator_databases()
    address = os.environ["OPERATOR_FAMILY_PACKAGE_DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS beneficiary")
        connection.execute(
            "CREATE TABLE beneficiary AS SELECT number AS beneficiary_id, 'សុខ ដារា' AS name, "
            "CASE WHEN number > 1 THEN date '1990-05-20' END AS birth_date FROM generate_series(1, 5) number"
        )
        yield connection
        connection.execute("DROP TABLE beneficiary")


def test_its_rows_are_read_in_packs_as_text(beneficiaries, monkeypatch):
    monkeypatch.setattr(table_rows, "PACK", 2)
    with open_table("family_package", ["public", "beneficiary"], wanted=WANTED) as sheet:
        rows = list(sheet.rows)
    assert sheet.columns == WANTED
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert list(rows[0].cells) == ["1", "សុខ ដារា", ""]
    assert list(rows[4].cells) == ["5", "សុខ ដារា", "1990-05-20"]


def test_it_is_read_as_it_stood_when_it_was_opened(beneficiaries, monkeypatch):
    monkeypatch.setattr(table_rows, "PACK", 2)
    with open_table("family_package", ["beneficiary"], wanted=WANTED) as sheet:
        next(sheet.rows)
        beneficiaries.execute("UPDATE beneficiary SET name = 'x'")
        assert {row.cells[1] for row in sheet.rows} == {"សុខ ដារា"}
    beneficiaries.execute("UPDATE beneficiary SET name = 'សុខ ដារា'")


@pytest.mark.parametrize(
    ("operator", "table", "wanted", "reason"),
    [
        ("family_package", ["nowhere"], WANTED, "missing_table"),
        ("family_package", ["beneficiary"], ["nothing"], "missing_column"),
        ("unknown", ["beneficiary"], WANTED, "not_configured"),
    ],
)
def test_what_cannot_be_read_is_said(beneficiaries, operator, table, wanted, reason):
    with (
        pytest.raises(Unreadable) as refused,
        open_table(operator, table, wanted=wanted) as sheet,
    ):
        list(sheet.rows)
    assert refused.value.params == {"reason": reason}

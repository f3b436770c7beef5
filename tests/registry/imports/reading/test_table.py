"""A table of the operator's own database in place of a file, copied before it is read."""

import json
import os

import psycopg
import pytest

from dsp_platform.exchange.adapters import table_rows
from registry.imports.reading import table as reading
from registry.imports.reading.sheet import Note, Unreadable
from registry.imports.reading.table import copied, open_copy
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


def written(folder, table, wanted=WANTED, operator="family_package"):
    path = folder / "copy"
    path.write_bytes(b"".join(copied(operator, table, wanted=wanted)))
    return path


def test_its_rows_are_read_in_packs_as_text(beneficiaries, monkeypatch, tmp_path):
    monkeypatch.setattr(table_rows, "PACK", 2)
    monkeypatch.setattr(reading, "PACK", 2)
    table = ["public", "beneficiary"]
    with open_copy(written(tmp_path, table), table, wanted=WANTED) as sheet:
        rows = list(sheet.rows)
    assert (sheet.columns, sheet.notes) == (WANTED, [Note("table", {"table": "public.beneficiary"})])
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert list(rows[0].cells) == ["1", "សុខ ដារា", ""]
    assert list(rows[4].cells) == ["5", "សុខ ដារា", "1990-05-20"]


def test_it_is_copied_as_it_stood_when_it_was_opened(beneficiaries, monkeypatch):
    monkeypatch.setattr(table_rows, "PACK", 2)
    monkeypatch.setattr(reading, "PACK", 2)
    pieces = copied("family_package", ["beneficiary"], wanted=WANTED)
    first = next(pieces)
    beneficiaries.execute("UPDATE beneficiary SET name = 'x'")
    rows = [cells for piece in [first, *pieces] for cells in json.loads(piece)]
    assert {name for _number, name, _born in rows} == {"សុខ ដារា"}
    beneficiaries.execute("UPDATE beneficiary SET name = 'សុខ ដារា'")


@pytest.mark.parametrize(
    ("operator", "table", "wanted", "reason"),
    [
        ("family_package", ["nowhere"], WANTED, "missing_table"),
        ("family_package", ["beneficiary"], ["nothing"], "missing_column"),
        ("unknown", ["beneficiary"], WANTED, "not_configured"),
    ],
)
def test_what_cannot_be_read_is_said(beneficiaries, tmp_path, operator, table, wanted, reason):
    with pytest.raises(Unreadable) as refused:
        written(tmp_path, table, wanted, operator)
    assert refused.value.params == {"reason": reason}

"""Records into an operator's real PostgreSQL: tables of every shape, and what each of them refuses."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import count

import psycopg
import pytest

from dsp_platform.exchange.adapters.base import Delivery, OperatorUnavailable, Outcome
from dsp_platform.exchange.adapters.database import DatabaseSession
from dsp_platform.exchange.contract import Record, Withdrawal
from dsp_platform.exchange.mapping import columns
from dsp_platform.exchange.models import Agreement, Operator
from tests.exchange.conftest import OperatorDatabase

FAMILY_PACKAGE = Operator(code="family_package")
TABLE = "CREATE TABLE own.person (spid varchar(12) PRIMARY KEY, name text, born date, v bigint, gone boolean)"
MAPPING = {
    "table": "own.person",
    "key": {"field": "spid", "column": "spid"},
    "version": "v",
    "withdrawn": "gone",
    "columns": {"full_name": "name", "date_of_birth": "born"},
}
FUNCTION = "CREATE FUNCTION own.act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NEW; END $$"
TYPE = "ALTER TABLE own.person ALTER name TYPE "
BEFORE = "CREATE TRIGGER act BEFORE INSERT OR UPDATE ON own.person FOR EACH ROW EXECUTE FUNCTION own.act()"
AFTER = BEFORE.replace("BEFORE", "AFTER")

numbers = count(1)


def agreement(**changes: object) -> Agreement:
    return Agreement(pk=next(numbers), mapping={**MAPPING, **changes})


def records(*subjects: int, version: int = 1, **values: object) -> list[Delivery]:
    shown = {"full_name": "សុខា", "date_of_birth": "1980-02-29", **values}
    return [Delivery(version, Record(one, 1, {"spid": f"{one:012d}", **shown})) for one in subjects]


def results(outcomes: Sequence[Outcome]) -> dict[int, tuple[str, str]]:
    return {outcome.subject_id: (outcome.status, outcome.reason) for outcome in outcomes}


DELIVERED = ("delivered", "")


@pytest.fixture(scope="module")
def line(operator_databases) -> Iterator[psycopg.Connection]:
    with psycopg.connect(OperatorDatabase("family_package").url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def own(line) -> Iterator[Callable[..., list[tuple]]]:
    """The operator's administrator, with a schema that is dropped afterwards."""

    def run(*statements: str) -> list[tuple]:
        for statement in statements:
            cursor = line.execute(statement)
        return cursor.fetchall() if cursor.description else []

    run("DROP SCHEMA IF EXISTS own CASCADE", "CREATE SCHEMA own")
    yield run
    run("DROP SCHEMA own CASCADE")


@pytest.fixture
def session(own) -> Iterator[DatabaseSession]:
    opened = DatabaseSession(FAMILY_PACKAGE)
    yield opened
    opened.close()


def test_names_are_quoted_whatever_they_are(own, session, monkeypatch):
    monkeypatch.setattr(columns, "NAME", re.compile(".+"))  # also those that no mapping may have
    table = 'ប្រជាជន"; DROP TABLE own.kept; --'
    own("CREATE TABLE own.kept ()")
    own(
        'CREATE TABLE own."ប្រជាជន""; DROP TABLE own.kept; --" ("sp.id" text PRIMARY KEY, "ឈ្មោះ %s {0}" text, '
        '"code; --" bigint, "dspp_line" boolean, "a""b" date, "$dspp$" text, "when" timestamptz)'
    )
    hostile = agreement(
        table=["own", table],
        key={"field": "spid", "column": "sp.id"},
        version="code; --",
        withdrawn="dspp_line",
        columns={"full_name": "ឈ្មោះ %s {0}", "date_of_birth": 'a"b'},
        constants={"$dspp$": 'it\'s \\ "so"'},
        written_at="when",
    )
    bad = records(2, full_name='a,"b"\\c\t(', date_of_birth="never")
    assert results(session.push(hostile, [*records(1), *bad])) == {
        1: DELIVERED,
        2: ("invalid", "bad_date"),
    }
    bad = records(3, full_name='a,"b"\\c\t(')
    assert results(session.push(hostile, [*bad, *records(4, date_of_birth="x")]))[3] == DELIVERED
    rows = own(
        'SELECT "sp.id", "ឈ្មោះ %s {0}", "$dspp$" FROM own."ប្រជាជន""; DROP TABLE own.kept; --" ORDER BY 1'
    )
    constant = 'it\'s \\ "so"'
    assert rows == [("000000000001", "សុខា", constant), ("000000000003", 'a,"b"\\c\t(', constant)]
    assert own("SELECT * FROM own.kept") == []


@pytest.mark.parametrize(
    "make",
    [
        ["ALTER TABLE own.person ADD note text, ADD made timestamptz NOT NULL DEFAULT now()"],
        ["ALTER TABLE own.person ADD born_in int GENERATED ALWAYS AS (extract(year FROM born)) STORED"],
        ["ALTER TABLE own.person ALTER spid TYPE char(14), ALTER name TYPE char(30)"],
        ["ALTER TABLE own.person ALTER v TYPE numeric, ALTER born TYPE timestamptz"],
        [FUNCTION.format("NEW.name := upper(NEW.name);"), BEFORE],
        [
            "CREATE TABLE own.log (spid text)",
            FUNCTION.format("INSERT INTO own.log VALUES (NEW.spid);"),
            AFTER,
        ],
        [
            "DROP TABLE own.person",
            TABLE + " PARTITION BY HASH (spid)",
            "CREATE TABLE own.even PARTITION OF own.person FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
            "CREATE TABLE own.odd PARTITION OF own.person FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        ],
        ["ALTER TABLE own.person RENAME TO base", "CREATE VIEW own.person AS SELECT * FROM own.base"],
    ],
    ids=["extra", "generated", "padded", "other types", "changing", "logging", "partitioned", "view"],
)
def test_a_table_of_another_make_is_served(own, session, make):
    own(TABLE, *make)
    agreed = agreement()
    assert set(results(session.push(agreed, records(1, 2, 3, version=5))).values()) == {DELIVERED}
    # Again, older, newer; and one with a mistake, so that each row is written by itself.
    for version in (5, 4, 6):
        older = [*records(1, 2, version=version), *records(9, full_name="\0")]
        assert set(results(session.push(agreed, older)).values()) == {
            DELIVERED,
            ("invalid", "bad_character"),
        }
    withdrawn = session.push(agreed, [Delivery(7, Withdrawal(3, 2, "000000000003"))])
    assert results(withdrawn) == {3: DELIVERED}
    rows = own("SELECT trim(spid), trim(coalesce(name, '')), v::int, gone FROM own.person ORDER BY 1")
    assert rows == [
        ("000000000001", "សុខា", 6, False),
        ("000000000002", "សុខា", 6, False),
        ("000000000003", "", 7, True),
    ]


RAISE = "IF NEW.spid LIKE '%2' THEN {} END IF;"


@pytest.mark.parametrize(
    ("make", "values", "expected"),
    [
        ([TYPE + "varchar(5)"], {"full_name": "ឈ្មោះវែង"}, "invalid value_too_long"),
        ([TYPE + "int USING 1"], {"full_name": "x"}, "invalid wrong_type"),
        ([TYPE + "smallint USING 1"], {"full_name": "99999"},
         "invalid number_out_of_range"),
        (["ALTER TABLE own.person ADD CHECK (born > '1900-01-01')"], {"date_of_birth": "1899-01-01"},
         "invalid check_failed"),
        (["ALTER TABLE own.person ADD UNIQUE (born)"], {"date_of_birth": "2000-01-01"}, "refused duplicate"),
        (["ALTER TABLE own.person ALTER name SET NOT NULL"], {"full_name": None}, "invalid value_missing"),
        ([], {"date_of_birth": "2001-02-29"}, "invalid bad_date"),
        ([], {"full_name": "a\0b"}, "invalid bad_character"),
        ([], {"full_name": "\ud800"}, "invalid bad_character"),
        ([FUNCTION.format(RAISE.format("RAISE EXCEPTION 'no';")), BEFORE], {}, "refused refused_by_operator"),
        ([FUNCTION.format(RAISE.format("RAISE USING ERRCODE = 'ZZ123';")), AFTER], {},
         "refused refused_by_operator"),
        ([FUNCTION.format(RAISE.format("RETURN NULL;")), BEFORE], {}, "refused ignored_by_operator"),
        (
            ["CREATE TABLE own.known (name text PRIMARY KEY)", "INSERT INTO own.known VALUES ('1'), ('សុខា')",
             "ALTER TABLE own.person ADD FOREIGN KEY (name) REFERENCES own.known INITIALLY DEFERRED"],
            {"full_name": "nobody"}, "unknown parent_missing",
        ),
        (
            ["ALTER TABLE own.person ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
             "CREATE POLICY odd ON own.person USING (true) WITH CHECK (spid NOT LIKE '%2')"],
            {}, "refused not_allowed",
        ),
    ],
)  # fmt: skip
def test_what_one_record_is_refused_for_is_held_against_no_other(own, session, make, values, expected):
    own(TABLE, *make)
    given = {"full_name": "1"} if "TYPE" in "".join(make) else {}
    if "UNIQUE" in "".join(make):
        own("INSERT INTO own.person VALUES ('other', 'x', '2000-01-01')")
    before = [*records(1, date_of_birth="1980-01-01", **given), *records(2, **{**given, **values})]
    outcomes = session.push(agreement(), [*before, *records(3, date_of_birth="1980-01-03", **given)])
    assert results(outcomes) == {1: DELIVERED, 2: tuple(expected.split()), 3: DELIVERED}
    assert own("SELECT right(spid, 1) FROM own.person WHERE spid <> 'other' ORDER BY 1") == [("1",), ("3",)]


def test_a_column_of_the_operators_that_must_be_filled_holds_its_records_with_the_reason(own, session):
    own(TABLE, "ALTER TABLE own.person ADD district text NOT NULL")
    outcomes = results(session.push(agreement(), records(*range(500))))
    assert set(outcomes.values()) == {("invalid", "value_missing")}


def test_however_many_are_bad_the_good_ones_arrive_in_one_transaction(own, session):
    own(TABLE, "ALTER TABLE own.person ADD CHECK (right(spid, 1) IN ('1', '2', '3', '4', '5'))")
    outcomes = session.push(agreement(), records(*range(2000)))
    delivered = [outcome for outcome in outcomes if outcome.status == "delivered"]
    assert (len(outcomes), len(delivered)) == (2000, 1000)
    (receipt,) = {outcome.receipt for outcome in delivered}
    assert own(f"SELECT txid_status({receipt.removeprefix('txid:')})") == [("committed",)]


def test_a_delivery_has_the_operators_transaction_as_its_receipt(own, session):
    own(TABLE)
    (outcome,) = session.push(agreement(), records(1))
    assert own("SELECT 'txid:' || xmin FROM own.person") == [(outcome.receipt,)]


def test_two_subjects_under_one_key_leave_the_later_one(own, session):
    own(TABLE)
    first, second = records(1, version=8, full_name="new"), records(2, version=7, full_name="old")
    same = second[0].item._replace(values=second[0].item.values | {"spid": "000000000001"})
    outcomes = session.push(agreement(), [*first, Delivery(7, same)])
    assert results(outcomes) == {1: DELIVERED, 2: DELIVERED}
    assert own("SELECT name, v FROM own.person") == [("new", 8)]


def test_what_the_code_list_lacks_or_cannot_be_written_is_held(own, session):
    own(TABLE)
    coded = agreement(
        columns={
            "sex": {"column": "name", "values": {"female": "F"}},
            "date_of_birth": {"column": "born", "part": "year"},
        }
    )
    given = [*records(1, sex="other"), *records(2, sex="female", date_of_birth="soon"), *records(3)]
    assert results(session.push(coded, given)) == {
        1: ("invalid", "no_code:sex"), 2: ("invalid", "cannot_encode"), 3: ("invalid", "cannot_encode"),
    }  # fmt: skip


def test_a_row_by_itself_is_written_as_one_of_many_is(own, session):
    own(TABLE, "ALTER TABLE own.person ALTER gone TYPE text")
    values = {"full_name": r' a "b" \c \N ,(){}', "date_of_birth": None}
    assert results(session.push(agreement(), records(1, **values))) == {1: DELIVERED}
    assert (
        results(session.push(agreement(), [*records(2, **values), *records(3, date_of_birth="x")]))[2]
        == DELIVERED
    )
    (one,) = own("SELECT DISTINCT name, born, v, gone FROM own.person")
    assert one == (values["full_name"], None, 1, "f")


def test_a_new_mapping_of_the_same_agreement_is_obeyed(own, session):
    own(TABLE, "ALTER TABLE own.person ADD nickname text")
    agreed = agreement()
    session.push(agreed, records(1))
    agreed.mapping = {**agreed.mapping, "columns": {"full_name": "nickname"}}
    session.push(agreed, records(2))
    assert own("SELECT name, nickname FROM own.person ORDER BY spid") == [("សុខា", None), (None, "សុខា")]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (["ALTER TABLE own.person DROP CONSTRAINT person_pkey"], "no_unique_index"),
        (["ALTER TABLE own.person DROP v"], "missing_column"),
        (["DROP TABLE own.person"], "missing_table"),
        (["REVOKE ALL ON own.person FROM CURRENT_USER"], "not_allowed"),
        (["ALTER TABLE own.person DROP name, ADD name text GENERATED ALWAYS AS ('x') STORED"],
         "generated_column"),
        (
            ["DROP TABLE own.person", TABLE.replace("PRIMARY KEY", "") + " PARTITION BY RANGE (born)"],
            "no_unique_index",
        ),
        (
            ["ALTER TABLE own.person RENAME TO base",
             "CREATE VIEW own.person AS SELECT DISTINCT * FROM own.base",
             FUNCTION.format(""), "CREATE TRIGGER act INSTEAD OF INSERT ON own.person FOR EACH ROW "
             "EXECUTE FUNCTION own.act()"],
            "no_unique_index",
        ),
        ([FUNCTION.format("RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full';"), BEFORE], "disk_full"),
        ([FUNCTION.format("RAISE EXCEPTION 'x' USING ERRCODE = 'deadlock_detected';"), BEFORE], "busy"),
        ([FUNCTION.format("PERFORM pg_terminate_backend(pg_backend_pid());"), BEFORE], "unreachable"),
    ],
)  # fmt: skip
def test_what_concerns_the_operator_as_a_whole_leaves_nothing_and_is_named(own, session, make, reason):
    own(TABLE, *make)
    with pytest.raises(OperatorUnavailable) as trouble:
        session.push(agreement(), records(1, 2))
    assert (trouble.value.reason, trouble.value.sent) == (reason, False)


def test_a_deadlock_or_two_are_nobodys_trouble(own, session):
    own(
        TABLE,
        "CREATE SEQUENCE own.tries",
        FUNCTION.format("IF nextval('own.tries') < 3 THEN RAISE USING ERRCODE = '40P01'; END IF;"),
        BEFORE,
    )
    assert results(session.push(agreement(), records(1, 2))) == {1: DELIVERED, 2: DELIVERED}

"""What an operator's table has, by version numbers."""

from collections.abc import Iterator

import pytest

from dsp_platform.exchange.adapters.base import Comparable, OperatorUnavailable, Summary
from dsp_platform.exchange.adapters.database import DatabaseAdapter
from dsp_platform.exchange.models import Agreement, Operator
from tests.exchange.conftest import MAPPING

AGREEMENT = Agreement(pk=1, mapping=MAPPING)


@pytest.fixture
def session(family_package_db) -> Iterator[Comparable]:
    opened = DatabaseAdapter().open(Operator(code="family_package"))
    assert isinstance(opened, Comparable)
    yield opened
    opened.close()


def insert(database, *numbers: int) -> None:
    for number in numbers:
        database("INSERT INTO fp_person (spid, dspp_version) VALUES (%s, %s)", f"{number:012d}", number)


def expected(*numbers: int) -> Summary:
    checksums = [(number % 1000003) * (number % 1000033) for number in numbers]
    return Summary(len(numbers), sum(numbers), sum(checksums))


def test_each_range_has_its_numbers_from_its_beginning_to_before_its_end(session, family_package_db):
    insert(family_package_db, 1, 9, 10, 25, 10**11 * 3, 10**11 * 3 + 1)
    sums = session.summaries(AGREEMENT, [1, 10, 20, 30, 10**11 * 3 + 1])
    assert sums == [expected(1, 9), expected(10), expected(25), expected(10**11 * 3)]


def test_two_numbers_that_changed_places_with_two_others_of_equal_sum_are_noticed(session, family_package_db):
    insert(family_package_db, 3, 4)
    (sums,) = session.summaries(AGREEMENT, [1, 100])
    assert sums[:2] == expected(2, 5)[:2]
    assert sums != expected(2, 5)


def test_what_the_operator_itself_wrote_is_not_counted(session, family_package_db):
    family_package_db("ALTER TABLE fp_person ALTER dspp_version DROP NOT NULL")
    try:
        insert(family_package_db, 7)
        family_package_db(
            "INSERT INTO fp_person (spid, dspp_version) VALUES ('a', NULL), ('b', 0), ('c', -5)"
        )
        assert session.summaries(AGREEMENT, [-10, 5, 10]) == [expected(), expected(7)]
        assert session.versions(AGREEMENT, [(-10, 10)]) == [[7]]
        assert session.keys(AGREEMENT, [0, -5, 7, 8]) == [(7, "000000000007")]
    finally:
        family_package_db("TRUNCATE fp_person")
        family_package_db("ALTER TABLE fp_person ALTER dspp_version SET NOT NULL")


def test_numbers_are_listed_for_ranges_that_touch_or_lie_apart(session, family_package_db):
    insert(family_package_db, 1, 5, 10, 12, 19, 20, 33)
    assert session.versions(AGREEMENT, [(1, 10), (10, 13), (14, 15), (20, 34)]) == [
        [1, 5], [10, 12], [], [20, 33],
    ]  # fmt: skip
    assert session.versions(AGREEMENT, []) == []


def test_the_highest_number_tells_whether_anything_is_held(session, family_package_db):
    assert session.highest(AGREEMENT) == 0
    insert(family_package_db, 3, 10**11 * 3)
    assert session.highest(AGREEMENT) == 10**11 * 3


def test_a_table_that_cannot_be_read_is_the_operators_trouble(session):
    gone = Agreement(pk=2, mapping={**MAPPING, "table": "gone"})
    with pytest.raises(OperatorUnavailable) as trouble:
        session.summaries(gone, [1, 10])
    assert trouble.value.reason == "missing_table"

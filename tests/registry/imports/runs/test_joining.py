"""Who comes to live with whom."""

import pytest

from registry.imports.runs import comparing, households
from registry.models import Household, Membership, Person, StagedRow
from tests.registry.imports.runs.conftest import row, sophea

CHANTHA = row("3", given_name="ចន្ថា", sex="female", born="2004-11-09")


def living():
    """By household, the given names of who lives there."""
    lives = Membership.objects.filter(ended_on=None).order_by("person__given_name")
    return sorted([list(lives.filter(household=home).values_list("person__given_name", flat=True))
                   for home in Household.objects.all()])  # fmt: skip


def test_nobody_comes_to_live_beside_whom_they_may_be(imported):
    """The file has their household twice."""
    run = imported([sophea(), row("2"), sophea("4", household="H2"), row("3", household="H2", born="2001")])
    assert run.outcomes == {"new": 2, "fills": 1, "likely": 1}
    assert living() == [["ដារ៉ា", "សុភា"]]
    assert ["beside_double", "", {}] in StagedRow.objects.get(run=run, outcome="likely").findings


def test_nobody_joins_a_registered_household_beside_whom_they_may_be(imported):
    imported([sophea(), row("2")])
    run = imported([sophea(), row("3", born="2001")])
    assert run.outcomes == {"known": 1, "likely": 1}
    assert living() == [["ដារ៉ា", "សុភា"]]


def test_members_of_a_later_file_join_the_head_of_an_earlier_one(imported):
    imported([sophea()])
    run = imported([row("2"), CHANTHA])
    assert run.findings == []
    assert living() == [["ចន្ថា", "ដារ៉ា", "សុភា"]]


def test_a_head_of_a_later_file_is_joined_by_members_of_an_earlier_one(imported):
    imported([row("2"), CHANTHA])
    assert living() == []
    imported([sophea()])
    assert living() == [["ចន្ថា", "ដារ៉ា", "សុភា"]]


def test_whoever_found_a_home_since_stays_there(imported):
    imported([row("2")])
    imported([row("2", household="H2", relationship="head")])
    imported([sophea()])
    assert living() == [["ដារ៉ា"], ["សុភា"]]


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(comparing, "MEMBERS", 2)
    monkeypatch.setattr(households, "MEMBERS", 2)


def test_a_number_that_too_many_rows_have_is_no_household(imported, small):
    run = imported([sophea(), row("2"), CHANTHA])
    assert (Person.objects.count(), living()) == (3, [])
    assert [(code, rows) for code, _column, rows, *_more in run.findings] == [("household_too_large", 3)]

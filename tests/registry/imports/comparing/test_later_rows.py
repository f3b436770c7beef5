"""A row of somebody of whom an earlier row is too: counted apart, and never against the earlier one."""

from datetime import date

import pytest

from dsp_platform.khmer.dates import PartialDate
from registry.imports.writing import applying
from registry.matching.within import MOST_PER_KEY
from registry.models import Person, SourceConflict
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.imports.conftest import compared, sophea

TOLD, FIRST, SECOND = "+85516999001", "+85512345678", "+85512999999"
EXACTLY = PartialDate(date(1970, 5, 6))
ANOTHER_HOUSEHOLD = {"reference": "9", "household": "H9"}


@pytest.fixture(params=[10, 1])
def rows_at_once(request, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", request.param)


@pytest.fixture
def registered(sokha, rows_at_once):
    """With an identity card, and a phone that she told."""

    def register(phone=TOLD, born=EXACTLY):
        head = person_details(
            family_name="សុខ", given_name="សុភា", born=born, phone=phone,
            document_type="identity_card", document_number="012345678",
        )  # fmt: skip
        register_household(actor=sokha, details=household_details(head))

    return register


def conflicts():
    return {one.in_source: one.state for one in SourceConflict.objects.filter(field="phone")}


def test_what_says_nothing_more_neither_fills_nor_contradicts(source, steward, imported):
    run = imported([sophea(), sophea(**ANOTHER_HOUSEHOLD)])
    assert run.outcomes == {"new": 1, "twice": 1}
    assert [finding[:2] for finding in run.findings] == [["person_twice", ""]]


@pytest.mark.parametrize(
    "changes", [{}, {"card": "012345678"}, {"card": "012345678", "born": "1990-05-06", "village": "01020102"}]
)
def test_also_where_more_are_alike_than_a_clan_has(source, steward, changes):
    """As a list of payments has one person: of each only the number of the row differs."""
    alone = {"household": "", "relationship": "", **changes}
    rows = [sophea(f"P{number}", **alone) for number in range(MOST_PER_KEY + 10)]
    assert compared(source, rows, steward).outcomes == {"new": 1, "twice": MOST_PER_KEY + 9}


def test_a_list_of_one_man_is_not_believed_though_each_row_has_its_phone(source, steward):
    alone = {"household": "", "relationship": "", "card": ""}
    rows = [sophea(f"P{number}", **alone, phone=f"0127{number:05}") for number in range(MOST_PER_KEY + 10)]
    outcomes = compared(source, rows, steward).outcomes
    assert outcomes.get("new", 0) <= 1
    assert sum(outcomes.values()) == len(rows)


def test_also_of_somebody_registered(source, steward, registered):
    registered(phone="")
    rows = [sophea(phone="012345678"), sophea(**ANOTHER_HOUSEHOLD, phone="012345678")]
    run = compared(source, rows, steward)
    assert run.outcomes == {"fills": 1, "twice": 1}
    assert ["fills", "phone", 1, 2, {}] in run.findings


def test_also_where_the_source_said_the_earlier_one_before(imported):
    imported([sophea()])
    run = imported([sophea(), sophea(**ANOTHER_HOUSEHOLD)])
    assert run.outcomes == {"known": 1, "twice": 1}


def test_what_the_earlier_one_says_otherwise_than_the_record_is_asked_though_the_later_one_agrees(
    imported, registered
):
    registered()
    imported([sophea(phone="012345678"), sophea(**ANOTHER_HOUSEHOLD, phone="016999001")])
    assert conflicts() == {FIRST: "open"}


def test_the_first_of_two_that_say_something_else_is_asked(imported, registered):
    registered()
    imported([sophea(phone="012345678"), sophea(**ANOTHER_HOUSEHOLD, phone="012999999")])
    assert conflicts() == {FIRST: "open"}


def test_also_where_it_was_asked_before(imported, registered):
    registered()
    imported([sophea(phone="012345678")])
    imported([sophea(phone="012345678"), sophea(**ANOTHER_HOUSEHOLD, phone="016999001")])
    assert conflicts() == {FIRST: "open"}


def test_what_only_the_later_one_says_otherwise_is_asked(imported, registered):
    registered()
    run = imported([sophea(), sophea(**ANOTHER_HOUSEHOLD, phone="012999999")])
    assert ["says_otherwise", "phone", 1, 3, {}] in run.findings
    assert conflicts() == {SECOND: "open"}


def test_what_only_the_later_one_fills_is_filled(imported, registered):
    registered(phone="", born=PartialDate(date(1970, 1, 1), "year"))
    imported([sophea(), sophea(**ANOTHER_HOUSEHOLD, phone="012999999")])
    person = Person.objects.get()
    assert (str(person.born), person.phone) == ("1970-05-06", SECOND)


def test_of_three_rows_none_replaces_another(imported, registered):
    registered()
    third = {"reference": "10", "household": "H10"}
    imported([sophea(phone="012345678"), sophea(**ANOTHER_HOUSEHOLD), sophea(**third, phone="012999999")])
    assert conflicts() == {FIRST: "open"}

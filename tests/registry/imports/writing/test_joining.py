"""Who comes to live with whom."""

from datetime import date

import pytest
from django.db import transaction

from dsp_platform.approval import services as approval
from registry.duplicates.sweep import sweep
from registry.imports.comparing import comparing
from registry.imports.planning import households
from registry.imports.runs import services
from registry.imports.staging import members
from registry.imports.writing import applying
from registry.models import DuplicateCase, Household, Membership, Person, SourceRecord, StagedRow
from registry.persons.writer import PersonWriter
from tests.registry.imports.conftest import row, sophea, work

CHANTHA = row("3", given_name="ចន្ថា", sex="female", born="2004-11-09")


def living():
    """By household, the given names of who lives there."""
    lives = Membership.objects.filter(ended_on=None).order_by("person__given_name")
    return sorted([list(lives.filter(household=home).values_list("person__given_name", flat=True))
                   for home in Household.objects.all()])  # fmt: skip


def test_nobody_comes_to_live_beside_whom_they_may_be(imported):
    """The file has their household twice."""
    run = imported([sophea(), row("2"), sophea("4", household="H2"), row("3", household="H2", born="2001")])
    assert run.outcomes == {"new": 2, "twice": 1, "likely": 1}
    assert living() == [["ដារ៉ា", "សុភា"]]
    assert ["beside_double", "", {}] in StagedRow.objects.get(run=run, outcome="likely").findings


def test_nobody_joins_a_registered_household_beside_whom_they_may_be(imported):
    imported([sophea(), row("2")])
    run = imported([sophea(), row("3", born="2001")])
    assert run.outcomes == {"known": 1, "likely": 1}
    assert living() == [["ដារ៉ា", "សុភា"]]


def test_what_the_file_said_of_a_likely_double_makes_a_case_that_comparing_the_records_does_not_end(imported):
    imported([sophea(), row("2"), sophea("4", household="H2"), row("3", household="H2", born="2001")])
    case = DuplicateCase.objects.get()
    while sweep():
        pass
    case.refresh_from_db()
    assert (case.of_file, case.is_open) == (True, True)


def test_a_likely_double_of_a_later_batch_has_a_case_too(imported, monkeypatch):
    """The household that begins first comes in first, with the row that names a row of the next one."""
    monkeypatch.setattr(applying, "BATCH", 1)
    others = {"household": "H2", "family_name": "ចាន់"}
    head = sophea("9", given_name="ម៉ារី", card="098765432", **others)
    son = row("4", household="H2", phone="012345670")
    run = imported([sophea(), head, son, row("5", born="2003-05-06", phone="012345670")])
    assert run.outcomes == {"new": 3, "likely": 1}
    assert DuplicateCase.objects.get().of_file


def test_members_of_a_later_file_join_the_head_of_an_earlier_one(imported):
    imported([sophea()])
    run = imported([row("2"), CHANTHA])
    assert run.findings == [["joins", "", 2, 2, {}]]
    assert living() == [["ចន្ថា", "ដារ៉ា", "សុភា"]]


def test_a_head_of_a_later_file_is_joined_by_members_of_an_earlier_one(imported):
    imported([row("2"), CHANTHA])
    assert living() == []
    imported([sophea()])
    assert living() == [["ចន្ថា", "ដារ៉ា", "សុភា"]]


def test_whom_the_file_names_in_another_household_by_now_lives_there(imported):
    imported([row("2")])
    aunt = sophea("9", given_name="ម៉ារី", born="1975-01-08", card="098765432", household="H2")
    imported([sophea(), aunt, row("2", household="H2")])
    assert living() == [["ដារ៉ា", "ម៉ារី"], ["សុភា"]]


def test_whoever_found_a_home_since_stays_there(imported):
    imported([row("2")])
    imported([row("2", household="H2", relationship="head")])
    imported([sophea()])
    assert living() == [["ដារ៉ា"], ["សុភា"]]


def test_whoever_may_be_somebody_there_does_not_join_them_with_a_later_file(imported):
    imported([sophea(), row("2")])
    double = row("3", born="2001")
    imported([sophea(), double])
    sweep()
    imported([sophea(phone="012345678"), double])
    assert living() == [["ដារ៉ា", "សុភា"]]


def test_whoever_left_is_not_brought_back(imported):
    imported([sophea(), row("2")])
    left = Membership.objects.get(person__given_name="ដារ៉ា")
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_membership(left, ended_on=date(2026, 11, 1))
    imported([sophea(phone="012345678"), row("2")])
    assert living() == [["សុភា"]]


def test_a_number_that_names_another_family_now_brings_nobody_to_the_old_one(imported):
    """The head of the new one is refused."""
    imported([sophea()])
    imported([sophea("9", family_name="ចាន់", card="098765432", born="never"), row("8", family_name="ចាន់")])
    assert living() == [["សុភា"]]


def test_nobody_waits_for_the_head_of_another_family(imported):
    imported([row("2")])
    elsewhere = {"family_name": "ចាន់", "village": "01020102", "card": "098765432"}
    imported([sophea("9", **elsewhere)])
    assert living() == [["សុភា"]]


def test_an_undone_file_does_not_say_whose_household_it_is(imported, steward, second_steward):
    imported([row("2")])
    run = imported([row("2", household="H9")])
    proposal = services.propose_undo(run=run, actor=steward)
    approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    work(run)
    assert SourceRecord.objects.get().household == "H1"


@pytest.fixture
def small(monkeypatch):
    for module in (comparing, members, households):
        monkeypatch.setattr(module, "MEMBERS", 2)


def test_a_household_does_not_grow_beyond_its_limit_by_several_files(imported, small):
    imported([sophea(), row("2")])
    imported([CHANTHA])
    assert living() == [["ដារ៉ា", "សុភា"]]


def test_a_number_that_too_many_rows_have_is_no_household(imported, small):
    run = imported([sophea(), row("2"), CHANTHA])
    assert (Person.objects.count(), living()) == (3, [])
    assert [(code, rows) for code, _column, rows, *_more in run.findings] == [("household_too_large", 3)]

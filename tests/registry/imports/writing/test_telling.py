"""Who is told of an import that brings somebody into a household that others registered; who is not moved
by one."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dsp_platform.notifications.models import Message
from registry.imports.runs.preview import findings_in_words
from registry.imports.writing import applying
from registry.models import Person, StagedRow
from registry.persons.writer import PersonWriter
from tests.registry.imports.conftest import approve, compared, many, row, sophea, work
from tests.registry.imports.writing.test_joining import CHANTHA, living

HEAD, DARA, OTHER = "+85512777001", "+85512777005", "+85512777009"
STAYS = (
    "Somebody registered who has an account says themselves where they live: an import does not move them "
    "into a household."
)


def told():
    return sorted(Message.objects.filter(template="details_changed").values_list("phone", flat=True))


@pytest.fixture
def head(imported):
    imported([sophea(phone=HEAD)])
    return Person.objects.get()


def dara():
    return Person.objects.get(given_name="ដារ៉ា")


def give(person, account):
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(person, account=account)


def test_a_newcomer_of_a_registered_household_and_its_head_are_told(head, imported):
    imported([row("2", phone=DARA)])
    assert (living(), told()) == ([["ដារ៉ា", "សុភា"]], [HEAD, DARA])
    about = Message.objects.values_list("phone", "subject_kind", "subject_id", "state", "params")
    assert {*about.filter(phone=HEAD)[0][1:4]} == {"person", head.pk, "due"}


def test_so_are_those_who_move_there(imported):
    """He came with an earlier file that had no head, she with one that did not name him."""
    imported([row("2", phone=DARA)])
    imported([sophea(phone=HEAD, household="H2")])
    assert told() == []
    imported([sophea(phone=HEAD)])
    assert (living(), told()) == ([["ដារ៉ា", "សុភា"]], [HEAD, DARA])


def test_the_head_is_told_of_a_number_that_is_filled(imported):
    """By it the household could be opened."""
    imported([sophea(phone=HEAD), row("2")])
    imported([row("2", phone=DARA)])
    assert (dara().phone, told()) == (DARA, [HEAD, DARA])


def test_nobody_is_told_of_a_household_that_the_file_itself_brings(imported):
    imported([sophea(phone=HEAD), row("2", phone=DARA)])
    assert (living(), told()) == ([["ដារ៉ា", "សុភា"]], [])


def test_whoever_was_registered_before_is_told_of_a_household_that_the_file_brings(imported):
    imported([row("2", phone=DARA)])
    imported([sophea(phone=HEAD)])
    assert (living(), told()) == ([["ដារ៉ា", "សុភា"]], [DARA])


def test_nor_where_a_later_batch_brings_more_of_it(imported, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", 1)
    imported([sophea(phone=HEAD), row("2", phone=DARA), {**CHANTHA, "phone": OTHER}])
    assert (living(), told()) == ([["ចន្ថា", "ដារ៉ា", "សុភា"]], [])


@pytest.mark.parametrize("batch", [1, 4000])
def test_the_head_is_told_once_of_several(head, imported, monkeypatch, batch):
    monkeypatch.setattr(applying, "BATCH", batch)
    imported([row("2", phone=DARA), {**CHANTHA, "phone": OTHER}])
    assert (living(), told()) == ([["ចន្ថា", "ដារ៉ា", "សុភា"]], [HEAD, DARA, OTHER])


def test_of_a_head_without_a_number_the_accounts_of_the_others_are_told(imported, sokha):
    imported([sophea(), row("2", phone=DARA)])
    give(dara(), sokha)
    imported([CHANTHA])
    assert told() == [sokha.phone]


def test_many_are_told_by_as_many_statements_as_few(source, steward, second_steward, imported):
    """Households in which somebody is told of a newcomer."""
    families = [{**one, "phone": f"0127{place:05}"} for place, one in enumerate(many(12))]
    imported([one for one in families if one["relationship"] == "head"])
    sons = [one for one in families if one["relationship"] == "child"]

    def statements(rows):
        run = approve(compared(source, rows, steward), steward, second_steward)
        with CaptureQueriesContext(connection) as queries:
            work(run)
        return len([one for one in queries if "changerequest" in one["sql"] or "_message" in one["sql"]])

    few, before = statements(sons[:2]), len(told())
    assert (statements(sons[2:]), before, len(told())) == (few, 4, 24)


# Whoever has an account says themselves where they live.


@pytest.fixture
def with_account(imported, sokha):
    """He lives nowhere: his file had no head."""
    imported([row("2")])
    give(dara(), sokha)
    return dara()


@pytest.mark.parametrize(
    "rows", [[sophea(), row("2")], [sophea(), row("2", member_number="M1", born="2001-02-03")]]
)
def test_whoever_has_an_account_is_not_moved_and_the_preview_says_so(
    with_account, source, steward, imported, rows
):
    run = compared(source, rows, steward)
    assert [one for one in run.findings if one[0].startswith("moves_in")] == []
    assert ["has_account", "", 1, 3, {}] in run.findings
    with translation.override("en"):
        assert STAYS in [line.words for line in findings_in_words(run, values=False)]
    imported(rows)
    assert (living(), told()) == ([["សុភា"]], [])


def test_nor_into_a_household_that_is_registered(imported, sokha):
    imported([row("2")])
    give(dara(), sokha)
    imported([sophea()])
    run = imported([sophea(), row("2", phone=DARA)])
    assert (living(), told()) == ([["សុភា"]], [])
    assert ["has_account", "", 1, 3, {}] in run.findings


def test_nor_made_the_head_of_one(imported, source, steward, sokha):
    imported([row("2")])
    give(dara(), sokha)
    rows = [row("2", relationship="head", phone=DARA), CHANTHA]
    run = compared(source, rows, steward)
    assert ["has_account", "", 1, 2, {}] in run.findings
    imported(rows)
    assert living() == []


def test_nor_where_the_account_came_since_the_import_was_approved(
    imported, source, steward, second_steward, sokha
):
    imported([row("2")])
    run = approve(compared(source, [sophea(), row("2", phone=DARA)], steward), steward, second_steward)
    give(dara(), sokha)
    work(run)
    assert (living(), told()) == ([["សុភា"]], [])
    assert ["has_account", "", {}] in StagedRow.objects.get(run=run, person=dara()).findings

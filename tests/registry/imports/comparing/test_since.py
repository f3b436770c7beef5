"""Nothing is written to somebody registered that the two stewards have not read."""

from datetime import date

import pytest
from django.db import transaction
from django.utils import translation

from registry.imports.comparing import counting
from registry.imports.findings import words_of
from registry.imports.runs import services
from registry.imports.runs.preview import reason_in_words
from registry.imports.writing import applying
from registry.models import Enrolment, Household, Person, SourceRecord, StagedRow
from registry.persons.writer import NewMember, PersonWriter
from registry.registration.services import register_household
from tests.registry.cast import household_details
from tests.registry.imports.comparing.test_foreseen import SOPHEA
from tests.registry.imports.conftest import approve, compared, row, sophea, work
from tests.registry.imports.planning.test_beside import assessed, enrols_in, level
from tests.registry.imports.writing.test_joining import living
from tests.roles import as_owner

FILE = [sophea(phone="012345678", poverty_level="level1"), row("2")]


def sophea_is_registered(sokha):
    register_household(actor=sokha, details=household_details(SOPHEA))


@as_owner()
def strict(source):
    source.trust = {**source.trust, "stop_above": 30}
    source.save(update_fields=["trust"])


@pytest.fixture
def registered_since(source, steward, second_steward, sokha):
    """What becomes of a file when she was registered at the counter after it was approved."""

    def through(rows):
        run = approve(compared(source, rows, steward), steward, second_steward)
        sophea_is_registered(sokha)
        return work(run)

    return through


def of_sophea():
    found = Person.objects.get(given_name="សុភា")
    return found.phone, found.origins, level()


def test_whoever_was_registered_since_stays_as_they_were(registered_since):
    run = registered_since(FILE)
    assert (run.state, run.outcomes) == ("applied", {"refused": 1, "new": 1})
    assert of_sophea() == ("", {}, ("", ""))
    assert not SourceRecord.objects.filter(reference="1").exists()


def test_and_nobody_comes_to_live_with_them(registered_since):
    registered_since(FILE)
    assert (Person.objects.count(), living()) == (2, [["សុភា"]])


def test_it_is_said_why_the_row_is_left_out(registered_since):
    run = registered_since(FILE)
    assert [(code, rows) for code, _column, rows, *_more in run.findings if code == "changed_since"] == [
        ("changed_since", 1)
    ]
    with translation.override("en"):
        assert "nobody has approved" in words_of("changed_since", {})


def test_with_the_next_file_it_comes_in_as_it_was_read_then(registered_since, source, steward, imported):
    registered_since(FILE)
    run = compared(source, FILE, steward)
    assert run.outcomes == {"fills": 1, "known": 1}
    assert [code for code, *_more in run.findings] == ["fills", "fills", "moves_in"]
    imported(FILE)
    assert (level(), living()) == (("level1", "idpoor-households"), [["ដារ៉ា", "សុភា"]])


def test_nor_does_a_later_row_of_theirs_come_in(registered_since):
    run = registered_since([*FILE, sophea("9", household="H9")])
    assert run.outcomes == {"refused": 2, "new": 1}
    assert Person.objects.filter(given_name="សុភា").count() == 1


def test_nor_is_written_to_whoever_is_registered_while_it_is_written(
    source, steward, second_steward, sokha, monkeypatch
):
    def registered_then(run):
        stops = counting.stops_again(run)
        sophea_is_registered(sokha)
        return stops

    monkeypatch.setattr(applying, "stops_again", registered_then)
    run = work(approve(compared(source, FILE, steward), steward, second_steward))
    assert run.outcomes == {"refused": 1, "new": 1}
    assert of_sophea() == ("", {}, ("", ""))


def test_what_was_taken_off_a_record_since_does_not_come_back(source, steward, second_steward, imported):
    imported([sophea()])
    assessed("level1")
    run = compared(source, [sophea("7", poverty_level="level1")], steward)
    assert run.outcomes == {"agrees": 1}
    approve(run, steward, second_steward)
    assessed("")
    assert work(run).outcomes == {"refused": 1}
    assert level() == ("", "")


def test_a_record_that_says_otherwise_by_now_is_a_conflict_and_no_matter_of_approval(
    source, steward, second_steward, imported
):
    imported([sophea()])
    run = approve(compared(source, [sophea(poverty_level="level1")], steward), steward, second_steward)
    assessed("level2")
    assert work(run).outcomes == {"conflict": 1}
    assert level()[0] == "level2"


def test_an_enrolment_that_ended_since_does_not_begin_again(
    source, family_package, steward, second_steward, imported
):
    enrols_in(source, family_package)
    imported([row("2", since="2024-02-01", member_number="M1")])
    again = compared(source, [row("2", since="2026-03-01", member_number="M1")], steward)
    approve(again, steward, second_steward)
    Enrolment.objects.update(state="ended", until=date(2026, 2, 1))
    assert work(again).outcomes == {"agrees": 1}
    assert Enrolment.objects.get().state == "ended"


def test_where_that_is_too_much_it_stops_and_is_counted_again(source, registered_since):
    strict(source)
    run = registered_since(FILE)
    assert (run.state, run.outcomes, run.approved_by) == ("stopped", {"fills": 1, "new": 1}, None)
    assert ["joins", "", 1, 3, {}] in run.findings
    assert of_sophea() == ("", {}, ("", ""))
    with translation.override("en"):
        assert "50% of the rows are refused, or would write" in reason_in_words(run.reason)


def test_once_two_stewards_have_read_that_it_is_written(source, registered_since, steward, second_steward):
    strict(source)
    run = registered_since(FILE)
    services.go_on(run=run, actor=steward, reason="she came to the commune herself")
    run.refresh_from_db()
    assert work(approve(run, steward, second_steward)).state == "applied"
    assert (level(), living()) == (("level1", "idpoor-households"), [["ដារ៉ា", "សុភា"]])


def test_nobody_joins_a_household_that_is_registered_since(source, steward, second_steward, imported):
    """Approved was a new household for her and her son."""
    imported([sophea(household="", relationship="")])
    run = approve(compared(source, [sophea(), row("2")], steward), steward, second_steward)
    with transaction.atomic(), PersonWriter() as writer:
        head = NewMember(Person.objects.get(), "head", ())
        writer.add_household(village_id="01020101", address="", members=[head])
    work(run)
    assert (Household.objects.count(), living()) == (1, [["សុភា"]])
    assert StagedRow.objects.get(run=run, number=3).applied

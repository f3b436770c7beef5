"""What ``test_since`` asks, of the later of two rows of one person: it writes no more than was read."""

from datetime import date

import pytest
from django.db import transaction

from dsp_platform.khmer.dates import PartialDate
from registry.imports.comparing import counting
from registry.imports.runs import services
from registry.imports.writing import applying
from registry.models import Enrolment, Household, Person, SourceConflict, SourceRecord, StagedRow
from registry.persons.writer import NewMember, PersonWriter
from tests.registry.imports.comparing.test_since import FILE, of_sophea, sophea_is_registered, strict
from tests.registry.imports.comparing.test_since import registered_since as registered_since
from tests.registry.imports.conftest import approve, compared, row, sophea, work
from tests.registry.imports.planning.test_beside import POOR, assessed, enrols_in, level
from tests.registry.imports.staging.test_references import tell
from tests.registry.imports.writing.test_joining import living

EARLIER = sophea("0", household="", relationship="")
TWICE = [EARLIER, *FILE]


@pytest.fixture(params=[10, 1])
def rows_at_once(request, monkeypatch):
    monkeypatch.setattr(applying, "BATCH", request.param)


@pytest.fixture
def approved(source, steward, second_steward, rows_at_once):
    def run_of(rows):
        return approve(compared(source, rows, steward), steward, second_steward)

    return run_of


def test_whoever_was_registered_since_stays_as_they_were(registered_since):
    run = registered_since(TWICE)
    assert (run.state, run.outcomes) == ("applied", {"refused": 2, "new": 1})
    assert (of_sophea(), living()) == (("", {}, ("", "")), [["សុភា"]])
    assert not SourceRecord.objects.filter(reference__in="01").exists()


def test_nor_by_a_row_that_is_alike_only_the_later_one(registered_since):
    """The third is matched with the second by their phone, and with the first by nothing."""
    middle = sophea("1", phone="012345678")
    last = sophea("9", household="H9", card="", phone="012345678")
    run = registered_since([EARLIER, middle, last])
    assert run.outcomes == {"refused": 3}
    assert Person.objects.count() == 1


def test_with_the_next_file_it_comes_in_as_it_was_read_then(registered_since, source, steward, imported):
    registered_since(TWICE)
    run = compared(source, TWICE, steward)
    assert run.outcomes == {"agrees": 1, "twice": 1, "known": 1}
    filled = [(code, column) for code, column, *_more in run.findings if code in ("fills", "moves_in")]
    assert filled == [("fills", "phone"), ("fills", "poverty_level"), ("moves_in", "")]
    imported(TWICE)
    assert (level(), living()) == (("level1", "idpoor-households"), [["ដារ៉ា", "សុភា"]])


def test_nor_is_written_to_whoever_is_registered_while_it_is_written(approved, sokha, monkeypatch):
    def registered_then(run):
        stops = counting.stops_again(run)
        sophea_is_registered(sokha)
        return stops

    monkeypatch.setattr(applying, "stops_again", registered_then)
    assert work(approved(TWICE)).outcomes == {"refused": 2, "new": 1}
    assert of_sophea() == ("", {}, ("", ""))


def test_what_was_taken_off_a_record_since_does_not_come_back(approved, imported):
    imported([sophea()])
    assessed("level1")
    run = approved([sophea("0"), sophea("7", poverty_level="level1")])
    assessed("")
    assert work(run).outcomes == {"agrees": 1, "refused": 1}
    assert level() == ("", "")


def test_nor_by_what_both_rows_say_of_which_the_earlier_one_is_known(approved, imported):
    imported([POOR])
    run = approved([POOR, {**POOR, "reference": "7", "household": "H7"}, row("2")])
    assessed("")
    assert work(run).outcomes == {"known": 1, "twice": 1, "new": 1}
    assert level() == ("", "")


def test_nor_what_a_person_told_since(approved, imported):
    imported([sophea()])
    run = approved([sophea(), sophea("7", household="H7"), row("2")])
    tell(Person.objects.get(), born=PartialDate.parse("1970"))
    work(run)
    assert str(Person.objects.get(given_name="សុភា").born) == "1970"


def test_what_was_read_of_it_is_written_though_the_record_changed(approved, imported):
    imported([sophea(born="1970")])
    run = approved([sophea("0", born="1970"), sophea("7", born="1970-05-06")])
    tell(Person.objects.get(), phone="+85516999001")
    assert work(run).outcomes == {"agrees": 1, "twice": 1}
    assert str(Person.objects.get().born) == "1970-05-06"


def test_a_record_that_says_otherwise_by_now_is_a_conflict_and_no_matter_of_approval(approved, imported):
    imported([sophea()])
    run = approved([sophea("0"), sophea("7", poverty_level="level1")])
    assessed("level2")
    assert work(run).outcomes == {"agrees": 1, "twice": 1}
    assert ["says_otherwise", "poverty_level", 1, 3, {}] in run.findings
    assert (level()[0], SourceConflict.objects.get().in_source) == ("level2", "level1")


def test_an_enrolment_that_ended_since_does_not_begin_again(source, family_package, approved, imported):
    enrols_in(source, family_package)
    imported([sophea(since="2024-02-01")])
    run = approved([sophea(since="2024-02-01"), sophea("7", household="H7", since="2026-06-01"), row("2")])
    Enrolment.objects.update(state="ended", until=date(2026, 5, 1))
    work(run)
    assert [one.state for one in Enrolment.objects.filter(person__given_name="សុភា")] == ["ended"]


def test_where_that_is_too_much_it_stops_and_the_later_row_is_counted_again(source, registered_since):
    strict(source)
    run = registered_since(TWICE)
    assert (run.state, run.outcomes) == ("stopped", {"agrees": 1, "twice": 1, "new": 1})
    read = [(code, column, first) for code, column, _rows, first, _params in run.findings]
    assert ("fills", "phone", 3) in read
    assert ("fills", "poverty_level", 3) in read
    assert of_sophea() == ("", {}, ("", ""))


def test_once_two_stewards_have_read_that_it_is_written(source, registered_since, steward, second_steward):
    strict(source)
    run = registered_since(TWICE)
    services.go_on(run=run, actor=steward, reason="she came to the commune herself")
    run.refresh_from_db()
    assert work(approve(run, steward, second_steward)).state == "applied"
    assert (level(), living()) == (("level1", "idpoor-households"), [["ដារ៉ា", "សុភា"]])
    assert of_sophea()[0] == "+85512345678"


def test_nobody_joins_a_household_that_is_registered_since(approved, imported):
    imported([EARLIER])
    run = approved([EARLIER, sophea(), row("2")])
    with transaction.atomic(), PersonWriter() as writer:
        head = NewMember(Person.objects.get(), "head", ())
        writer.add_household(village_id="01020101", address="", members=[head])
    work(run)
    assert (Household.objects.count(), living()) == (1, [["សុភា"]])
    assert StagedRow.objects.get(run=run, number=4).applied


def test_a_later_row_of_a_newcomer_adds_what_the_earlier_one_does_not_say(imported, family_package, source):
    enrols_in(source, family_package)
    run = imported([sophea(), sophea("7", household="H7", phone="012345678"), row("2")])
    assert run.outcomes == {"new": 2, "twice": 1}
    assert Person.objects.get(given_name="សុភា").phone == "+85512345678"
    assert Enrolment.objects.count() == 2

"""What a source called somebody before holds only where the rest of the row does not speak against it."""

from datetime import date

import pytest
from django.db import transaction

from dsp_platform.database.history_context import history_context
from dsp_platform.khmer.dates import PartialDate
from registry.duplicates.sweep import sweep
from registry.imports.runs.preview import reason_in_words
from registry.merging.services import merge
from registry.models import AwaitingMatch, DuplicateCase, Enrolment, ImportSource, Person, SourceRecord
from registry.persons.writer import PersonWriter
from tests.registry.duplicates.cast import decide
from tests.registry.imports.conftest import FAMILY, approve, compared, row, sophea, work
from tests.roles import as_owner

DAUGHTER = {"given_name": "ចន្ថា", "sex": "female", "born": "2004-11-09"}


@pytest.mark.parametrize(
    "corrected",
    [
        {"given_name": "វិចិត្រ"},
        {"born": "1999-06-07"},
        {"family_name": "ចាន់", "village": "01020102"},
        {"sex": "female"},
    ],
)
def test_what_the_source_corrects_stays_of_the_same_person(imported, source, steward, corrected):
    imported(FAMILY[:2])
    run = compared(source, [sophea(), row("2", **corrected)], steward)
    assert run.outcomes.keys() <= {"known", "fills", "conflict"}


@pytest.fixture
def used_again(imported, source):
    """Number 2 of the household was the son, and is the daughter by now."""
    imported(FAMILY[:2])
    son = Person.objects.get(given_name="ដារ៉ា")
    return son, imported([sophea(), row("2", **DAUGHTER)])


def test_a_number_used_for_somebody_else_writes_nothing_to_the_first(used_again):
    son, run = used_again
    before = Person.objects.filter(pk=son.pk).values()[0]
    assert run.outcomes == {"known": 1, "likely": 1}
    assert (before["given_name"], before["sex"], str(before["date_of_birth"])) == (
        "ដារ៉ា",
        "male",
        "2001-02-03",
    )


def test_a_steward_decides_whether_both_are_one(used_again):
    son, _run = used_again
    case = DuplicateCase.objects.get()
    assert {case.first_id, case.second_id} == {son.pk, Person.objects.get(given_name="ចន្ថា").pk}
    assert "reference" in [one["comparison"] for one in case.evidence]


def test_comparing_them_again_does_not_end_the_case(used_again):
    sweep()
    assert not AwaitingMatch.objects.exists()
    assert DuplicateCase.objects.get().is_open


def test_from_then_on_the_number_is_of_the_second(used_again, imported):
    record = SourceRecord.objects.get(reference="2")
    assert record.person.given_name == "ចន្ថា"
    assert imported([sophea(), row("2", **DAUGHTER)]).outcomes == {"known": 2}


def test_whoever_is_certainly_another_one_is_that_one(imported):
    """Numbers moved up by one: each row has a card, and is of who has that card."""
    imported([sophea(), row("2", card="012345679")])
    run = imported([row("1", card="012345679", phone="012345678")])
    assert run.outcomes == {"fills": 1}
    assert Person.objects.get(given_name="ដារ៉ា").phone == "+85512345678"


def test_many_of_them_stop_the_import(imported, source, steward):
    imported(FAMILY[:2])
    with as_owner():
        source.trust["stop_above"] = 30
        source.save(update_fields=["trust"])
    run = compared(source, [sophea(), row("2", **DAUGHTER)], steward)
    assert (run.state, run.reason["code"]) == ("stopped", "too_many_likely")
    assert reason_in_words(run.reason)


@pytest.fixture
def enrolling(source, family_package):
    """The source says who is in the programme."""
    with as_owner():
        ImportSource.objects.filter(pk=source.pk).update(programme=family_package)
    source.refresh_from_db()


def enrolled():
    return sorted(Enrolment.objects.values_list("person__given_name", flat=True))


def test_nobody_is_enrolled_by_a_number_used_again_until_a_steward_decides(enrolling, used_again, imported):
    assert enrolled() == ["ដារ៉ា", "សុភា"]
    imported([sophea(), row("2", **DAUGHTER, phone="012345678")])
    assert enrolled() == ["ដារ៉ា", "សុភា"]


def test_who_is_found_to_be_another_is_enrolled_when_the_file_comes_again(
    enrolling, used_again, imported, steward
):
    decide(DuplicateCase.objects.get(), "different", steward)
    run = imported([sophea(), row("2", **DAUGHTER)])
    assert run.outcomes == {"known": 1, "fills": 1}
    assert enrolled() == ["ចន្ថា", "ដារ៉ា", "សុភា"]
    assert imported([sophea(), row("2", **DAUGHTER)]).outcomes == {"known": 2}


def test_a_number_used_again_in_two_files_at_once_is_seen_when_the_second_comes_in(
    source, steward, second_steward
):
    first = compared(source, FAMILY[:2], steward)
    second = compared(source, [sophea(), row("2", **DAUGHTER)], steward)
    work(approve(first, steward, second_steward))
    second.refresh_from_db()
    work(approve(second, steward, second_steward))
    assert second.outcomes == {"known": 1, "likely": 1}
    assert DuplicateCase.objects.count() == 1


H = {"household": "", "relationship": ""}


def tell(person, **values):
    """At the counter, since."""
    with transaction.atomic(), history_context("correct"), PersonWriter() as writer:
        writer.update_person(person, **values)


@pytest.mark.parametrize(
    "corrected",
    [
        {"given_name": "វិចិត្រ", "born": PartialDate(date(1998, 6, 7))},
        {"sex": "female", "given_name": "ស្រីដា"},
        {"family_name": "ចាន់", "given_name": "រតនា"},
    ],
)
def test_whom_the_commune_corrected_stays_who_the_source_names_as_before(imported, corrected):
    imported([sophea(), row("2")])
    tell(Person.objects.get(given_name="ដារ៉ា"), **corrected)
    run = imported([sophea(), row("2", phone="012345678")])
    assert run.outcomes == {"known": 1, "conflict": 1}
    assert (Person.objects.count(), Person.objects.get(given_name=corrected["given_name"]).phone) == (
        2,
        "+85512345678",
    )


def test_nor_is_who_became_one_with_another_record_somebody_else(imported, steward, second_steward):
    imported([row("2"), row("77", **H, given_name="វិបុល", born="1960-01-02")])
    names = ("វិបុល", "ដារ៉ា")
    kept, merged = (Person.objects.get(given_name=name) for name in names)
    merge(kept=kept, merged=merged, actor=steward, approved_by=second_steward)
    imported([row("2", phone="012345679")])
    assert imported([row("2", born="2001-02-04")]).outcomes == {"conflict": 1}
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        {"given_name": "ដារី", "born": "2003-05-09"},
        {"given_name": "វិចិត្រ", "born": "2003-05-09"},
        {"given_name": "ដារី", "born": "2015-01-01"},
    ],
)
def test_a_number_used_for_a_brother_with_a_like_name_writes_nothing_to_the_first(imported, other):
    imported([row("2", **H)])
    assert imported([row("2", **H, **other, phone="012345678")]).outcomes == {"likely": 1}
    first = Person.objects.earliest("pk")
    assert (first.phone, str(first.born)) == ("", "2001-02-03")


def test_a_card_makes_sure_that_both_are_one(imported):
    imported([row("2", **H, card="012345679")])
    again = row("2", **H, card="012345679", given_name="ដារី", born="2003-05-09")
    assert imported([again]).outcomes.keys() <= {"fills", "conflict"}
    assert Person.objects.count() == 1

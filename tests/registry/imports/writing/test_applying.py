"""Rows become persons, households and documents: each person once, and what a human wrote wins."""

from datetime import date, timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from dsp_platform.background.second_process import SecondProcess
from dsp_platform.khmer.dates import PartialDate
from registry.imports.runs import services
from registry.imports.runs.progress import follow
from registry.imports.staging import staging
from registry.imports.writing import applying
from registry.merging.services import merge
from registry.models import (
    AwaitingMatch,
    Household,
    IdentityDocument,
    Membership,
    Person,
    SourceConflict,
    StagedRow,
)
from registry.persons.writer import PersonWriter
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.imports.conftest import FAMILY, approve, compared, many, row, sophea, upload, work


def test_a_household_comes_in_with_its_members_and_documents(imported):
    imported(FAMILY)
    household = Household.objects.get()
    members = Membership.objects.filter(household=household)
    assert sorted(members.values_list("relationship", flat=True)) == ["child", "child", "head"]
    assert IdentityDocument.objects.get().number == "012345678"


def test_it_is_seen_where_a_person_came_from(imported):
    imported(FAMILY)
    person = Person.objects.first()
    assert (person.verification, person.origins) == ("source", {"*": "idpoor-households"})


def test_a_person_who_came_in_is_found_by_name_and_by_matching(imported):
    imported(FAMILY)
    person = Person.objects.get(given_name="ដារ៉ា")
    saved = person.name_key, person.match_keys
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(person, family_name=person.family_name)
    assert (person.name_key, person.match_keys) == saved


def test_the_same_file_twice_changes_nothing(imported):
    imported(FAMILY)
    before = list(Person.objects.order_by("pk").values())
    run = imported(FAMILY)
    assert (run.state, run.outcomes) == ("nothing", {"known": 3})
    assert list(Person.objects.order_by("pk").values()) == before


def test_a_value_that_the_source_corrects_is_renewed(imported):
    imported(FAMILY)
    imported([sophea(), row("2", family_name="ចាន់"), FAMILY[2]])
    assert Person.objects.get(given_name="ដារ៉ា").family_name == "ចាន់"


def test_somebody_registered_with_the_same_card_is_filled(imported, sokha):
    head = person_details(
        family_name="សុខ", given_name="សុភា", born=_day(1970, 5, 6), document_type="identity_card",
        document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(head))
    imported([sophea(phone="012345678"), row("2")])
    known = Person.objects.get(given_name="សុភា")
    assert (known.phone, known.origins) == ("+85512345678", {"phone": "idpoor-households"})
    assert Membership.objects.get(person__given_name="ដារ៉ា").household == Household.objects.get()


def _day(*parts):
    return PartialDate(date(*parts))


def test_what_a_person_told_stays_and_a_steward_is_asked(imported, sokha):
    head = person_details(
        family_name="សុខ", given_name="សុភា", born=_day(1970, 5, 6), phone="016 999 001",
        document_type="identity_card", document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(head))
    imported([sophea(phone="012345678")])
    assert Person.objects.get(given_name="សុភា").phone == "+85516999001"
    assert SourceConflict.objects.get().in_source == "+85512345678"


def test_a_likely_double_comes_in_and_waits_to_be_compared(imported, sokha):
    twin = person_details(family_name="សុខ", given_name="ដារ៉ា", sex="male", born=_day(2001, 2, 3))
    register_household(actor=sokha, details=household_details(twin))
    AwaitingMatch.objects.all().delete()
    run = imported([row("2", household="", relationship="", born="2001-02")])
    assert run.outcomes == {"likely": 1}
    assert awaiting() == {("ដារ៉ា", True)}


def awaiting():
    """Their names, and whether they wait after all who come live."""
    return {(one.person.given_name, one.backlog) for one in AwaitingMatch.objects.select_related("person")}


def test_newcomers_who_are_like_nobody_need_not_be_compared_again(imported):
    imported(FAMILY[:2])
    assert awaiting() == set()


@pytest.mark.parametrize(
    "filled", [{"phone": "012345678"}, {"born": "2001-02-03"}, {"card": "098765432"}, {"family_name": "ចាន់"}]
)
def test_whom_it_fills_with_what_may_name_somebody_else_waits_to_be_compared(imported, filled):
    imported([row("2", born="2001")])
    AwaitingMatch.objects.all().delete()
    imported([row("2", **{"born": "2001", **filled})])
    assert awaiting() == {("ដារ៉ា", True)}


def test_whom_it_fills_while_they_are_compared_is_compared_once_more(imported):
    imported([row("2")])
    AwaitingMatch.objects.create(person=Person.objects.get())
    until = timezone.now() + timedelta(minutes=10)
    AwaitingMatch.objects.update(taken_until=until)
    imported([row("2", phone="012345678")])
    assert AwaitingMatch.objects.get().taken_until is None


def test_a_person_changed_by_hand_before_it_is_written_keeps_what_was_told(
    source, steward, second_steward, imported
):
    imported(FAMILY)
    run = compared(source, [sophea(), row("2", family_name="ចាន់"), FAMILY[2]], steward)
    approve(run, steward, second_steward)
    person = Person.objects.get(given_name="ដារ៉ា")
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(person, family_name="ហេង")
    work(run)
    person.refresh_from_db()
    assert person.family_name == "ហេង"
    assert SourceConflict.objects.get().in_source == "ចាន់"


def test_somebody_registered_meanwhile_does_not_come_in_again(source, steward, second_steward, sokha):
    run = compared(source, [sophea()], steward)
    approve(run, steward, second_steward)
    head = person_details(
        family_name="សុខ", given_name="សុភា", born=_day(1970, 5, 6), document_type="identity_card",
        document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(head))
    work(run)
    assert Person.objects.filter(given_name="សុភា").count() == 1


def test_two_imports_at_once_bring_each_person_once(source, steward, second_steward):
    first, second = (compared(source, [sophea(reference=number)], steward) for number in ("1", "2"))
    for run in (first, second):
        approve(run, steward, second_steward)
    work(first)
    work(second)
    assert Person.objects.count() == 1


def test_the_same_person_twice_in_a_file_comes_in_once(imported):
    imported([sophea(), sophea(reference="9", household="H9")])
    assert Person.objects.count() == 1
    assert Membership.objects.count() == 1


def test_of_two_rows_of_one_person_that_differ_the_earlier_one_counts(imported):
    run = imported(
        [sophea(phone="012345678"), sophea("9", household="H9", phone="012999999", born="1971-05-06")]
    )
    person = Person.objects.get()
    assert (person.phone, str(person.born)) == ("+85512345678", "1970-05-06")
    assert run.outcomes == {"new": 1, "twice": 1}
    assert not SourceConflict.objects.exists()


def test_what_the_earlier_row_left_empty_the_later_one_fills(imported):
    imported([sophea(), sophea("9", household="H9", phone="012999999")])
    assert Person.objects.get().phone == "+85512999999"


@pytest.mark.parametrize("at", ["add_persons", "add_documents", "announce"])
def test_what_breaks_down_in_the_middle_goes_on_and_nothing_is_twice(
    source, steward, second_steward, monkeypatch, at
):
    monkeypatch.setattr(applying, "BATCH", 10)
    run = approve(compared(source, many(12), steward), steward, second_steward)
    whole, calls = getattr(applying.bulk_writer, at), []

    def breaks(*args, **kwargs):
        calls.append(at)
        if len(calls) % 2:
            raise ConnectionError
        return whole(*args, **kwargs)

    monkeypatch.setattr(applying.bulk_writer, at, breaks)
    for _try in range(12):
        if follow(run).state == "done":
            break
        services.resume(run=run, actor=steward)
    assert (run.state, len(calls)) == ("applied", 6)
    assert (Person.objects.count(), Household.objects.count(), Membership.objects.count()) == (24, 12, 24)


def lives(given_name):
    return Membership.objects.filter(person__given_name=given_name, ended_on=None).exists()


def test_nobody_joins_a_household_in_which_they_cannot_live(imported):
    """Of the head another date was told here than the file has."""
    imported([sophea()])
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(Person.objects.get(), born=_day(1990, 5, 6))
    run = imported([sophea(), row("2", born="1998-02-03"), FAMILY[2]])
    left_out = [
        (code, number) for code, _column, _rows, number, _params in run.findings if code == "not_taken_in"
    ]
    assert left_out == [("not_taken_in", 3)]
    assert (lives("ដារ៉ា"), lives("ចន្ថា")) == (False, True)


def test_a_date_that_cannot_be_where_somebody_lives_waits_for_a_steward(imported):
    """Of the head another date was told here than the file has."""
    imported(FAMILY)
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(Person.objects.get(given_name="សុភា"), born=_day(1990, 5, 6))
    run = imported([sophea(), row("2", born="1998-02-03", phone="012345678"), FAMILY[2]])
    assert run.outcomes == {"known": 2, "conflict": 1}
    assert run.findings == [["fills", "phone", 1, 3, {}], ["says_otherwise", "date_of_birth", 1, 3, {}]]
    son = Person.objects.get(given_name="ដារ៉ា")
    assert (son.born, son.phone) == (_day(2001, 2, 3), "+85512345678")
    assert SourceConflict.objects.get(person=son).in_source == "1998-02-03"


def test_who_became_one_with_another_record_leads_the_household_that_the_file_adds_to(
    imported, source, sokha, steward, second_steward
):
    """The source says of her what it said before; meanwhile she is found to be registered twice."""
    imported([sophea()])
    known = Person.objects.get()
    other = person_details(family_name="សុខ", given_name="សុភា", born=_day(1970, 5, 6))
    home = register_household(actor=sokha, details=household_details(other))
    kept = home.memberships.get().person
    run = approve(compared(source, [sophea(), row("2")], steward), steward, second_steward)
    merge(kept=kept, merged=known, actor=steward, approved_by=second_steward, home=home)
    work(run)
    assert Membership.objects.get(person__given_name="ដារ៉ា", ended_on=None).household == home


def test_a_household_that_was_read_in_parts_is_judged_as_one(imported, monkeypatch):
    monkeypatch.setattr(staging, "BATCH", 1)
    run = imported([sophea(born="2000-05-06"), row("2")])
    assert run.outcomes == {"new": 1, "refused": 1}
    assert [(code, number) for code, _column, _rows, number, _params in run.findings] == [("implausible", 3)]


def test_a_step_that_failed_after_it_had_read_its_rows_reads_them_again(source, steward, monkeypatch):
    run = upload(source, FAMILY, steward)
    write = staging._stage

    def fails(*_arguments):
        monkeypatch.setattr(staging, "_stage", write)
        raise OperationalError("the session was ended")

    monkeypatch.setattr(staging, "_stage", fails)
    with pytest.raises(OperationalError):
        staging.stage_step({"run": run.pk}, None)
    work(run)
    assert list(StagedRow.objects.order_by("number").values_list("reference", flat=True)) == ["1", "2", "3"]


def test_rows_that_a_second_process_prepared_come_in_as_those_prepared_here(imported, monkeypatch):
    class Waits(SecondProcess):
        def begin(self, part):
            self._ready.result()
            return super().begin(part)

    monkeypatch.setattr(staging, "SecondProcess", Waits)
    monkeypatch.setattr(staging, "BATCH", 4)
    monkeypatch.setattr(staging, "WORTH_A_PROCESS", 1)
    run = imported(
        [*FAMILY, row("4", village="99999999"), sophea("5", household="H2", card="", born="1981-01-02")]
    )
    rows = StagedRow.objects.filter(run=run).order_by("number")
    assert list(rows.values_list("reference", "outcome", "place")) == [
        ("1", "new", 2), ("2", "new", 2), ("3", "new", 2), ("4", "refused", 2), ("5", "new", 6)
    ]  # fmt: skip

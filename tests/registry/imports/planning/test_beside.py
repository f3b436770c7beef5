"""What an import writes besides the columns of a person: levels, documents, members, enrolments; and how much
of it the two stewards read before."""

from datetime import date

import pytest
from django.db import transaction
from django.utils import translation

from dsp_platform.approval.contract import kind_of
from dsp_platform.khmer.dates import PartialDate
from registry.imports.runs import services
from registry.imports.writing import applying
from registry.models import (
    Enrolment,
    Household,
    IdentityDocument,
    Membership,
    Person,
    SourceConflict,
    StagedRow,
)
from registry.persons.writer import PersonWriter
from registry.provenance.deciding import decide_conflict
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.imports.conftest import FAMILY, approve, compared, row, sophea, work
from tests.roles import as_owner

POOR = sophea(poverty_level="level1")


@as_owner()
def trusting(source, **trust):
    source.trust = {"stop_above": 100, **trust}
    source.save(update_fields=["trust"])


@as_owner()
def enrols_in(source, programme):
    source.programme = programme
    source.save(update_fields=["programme"])


@pytest.fixture
def enrolling(source, family_package):
    enrols_in(source, family_package)


def assessed(level, **values):
    home = Household.objects.get()
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_household(home, poverty_level=level, **values)


def level():
    return Household.objects.values_list("poverty_level", "poverty_source").get()


def lines_of(run, steward):
    proposal = services.propose(run=run, actor=steward)
    with translation.override("en"):
        return {line.label: line.after for line in kind_of(proposal).difference(proposal)}


def test_a_level_that_is_not_known_is_filled_and_that_is_read_before(
    source, steward, second_steward, imported
):
    imported(FAMILY[:2])
    run = compared(source, [POOR, FAMILY[1]], steward)
    assert run.outcomes == {"fills": 1, "known": 1}
    (line,) = [label for label in lines_of(run, steward) if label.startswith("Poverty level")]
    assert "filled" in line


def test_it_is_the_level_of_that_source(imported):
    imported(FAMILY[:2])
    imported([POOR])
    assert level() == ("level1", "idpoor-households")


def test_a_new_household_has_the_level_of_its_source(imported):
    imported([POOR])
    assert level() == ("level1", "idpoor-households")
    imported([sophea(poverty_level="level2")])
    assert level() == ("level2", "idpoor-households")


@pytest.mark.parametrize("rows_at_once", [10, 1])
def test_of_two_rows_of_one_head_the_earlier_one_tells_the_level(imported, monkeypatch, rows_at_once):
    monkeypatch.setattr(applying, "BATCH", rows_at_once)
    imported([sophea()])
    run = imported([POOR, sophea("7", household="H7", poverty_level="level2")])
    assert run.outcomes == {"fills": 1, "twice": 1}
    assert ["rows_differ", "poverty_level", 1, 3, {}] in run.findings
    assert level() == ("level1", "idpoor-households")


def test_two_rows_of_one_head_who_is_new_tell_two_levels(imported):
    run = imported([POOR, sophea("7", household="H7", poverty_level="level2")])
    assert ["rows_differ", "poverty_level", 1, 3, {}] in run.findings
    assert level() == ("level1", "idpoor-households")


def test_a_level_told_otherwise_stays_and_a_steward_is_asked(source, steward, second_steward, imported):
    imported([sophea()])
    assessed("not_poor")
    run = compared(source, [POOR], steward)
    assert run.outcomes == {"conflict": 1}
    assert ["says_otherwise", "poverty_level", 1, 2, {}] in run.findings
    work(approve(run, steward, second_steward))
    assert level() == ("not_poor", "")
    conflict = SourceConflict.objects.get(field="poverty_level")
    assert conflict.in_source == "level1"
    decide_conflict(conflict=conflict, take=False, actor=second_steward)
    assert SourceConflict.objects.get(pk=conflict.pk).state == "kept"


def test_what_changes_nothing_is_told_apart_from_what_does(source, steward, imported):
    imported([sophea()])
    again = [sophea(reference="7"), row("2")]
    assert compared(source, again, steward).outcomes == {"agrees": 1, "new": 1}


@pytest.mark.parametrize("fields", [[], ["documents"]])
def test_a_document_is_added_where_that_may_be_filled(source, imported, fields):
    trusting(source, fill=fields)
    imported([sophea(card="")])
    run = imported([sophea()])
    assert run.outcomes == {"fills" if fields else "agrees": 1}
    assert IdentityDocument.objects.count() == len(fields)


STRANGER = sophea(
    "50", household="H50", family_name="ហ៊ុន", given_name="វិសាល", sex="male", born="1960-02-01",
    village="01020102", card="099999999",
)  # fmt: skip


def test_a_number_that_somebody_else_has_is_said_and_not_filled(source, steward, second_steward, imported):
    imported([sophea(card=""), STRANGER])
    run = compared(source, [sophea(card="099999999", phone="012345678"), STRANGER], steward)
    assert run.outcomes == {"fills": 1, "known": 1}
    said = [["fills", "phone", 1, 2, {}], ["number_of_another", "", 1, 2, {}]]
    assert run.findings == said
    assert work(approve(run, steward, second_steward)).findings == said
    assert IdentityDocument.objects.get().person.given_name == "វិសាល"


def test_also_where_they_have_a_document_of_the_type_themselves(source, steward, imported):
    imported([sophea(), STRANGER])
    run = compared(source, [sophea(card="099999999"), STRANGER], steward)
    assert (run.outcomes["agrees"], run.findings) == (1, [["number_of_another", "", 1, 2, {}]])


@pytest.mark.parametrize("rows", [2, 60])
def test_of_two_newcomers_nobody_gets_the_number_that_the_file_gives_to_both(imported, rows):
    """Or of as many as a block of the comparison does not have."""
    alone = {"household": "", "relationship": "", "card": "012345678"}
    people = [sophea("1", **alone), {**STRANGER, **alone}]
    run = imported([*people, *({**people[1], "reference": f"P{number}"} for number in range(rows - 2))])
    assert run.outcomes["new"] + run.outcomes.get("likely", 0) == 2
    assert ["number_given_twice", "", rows, 2, {}] in run.findings
    assert not IdentityDocument.objects.exists()


@pytest.mark.parametrize("is_registered", [True, False])
def test_nor_is_a_number_filled_that_the_file_gives_to_somebody_else_too(
    source, steward, second_steward, imported, is_registered
):
    other = {**STRANGER, "card": ""}
    imported([sophea(card=""), *([other] if is_registered else [])])
    rows = [{**other, "card": "012345678", "phone": "012345678"}, sophea()]
    run = compared(source, rows, steward)
    assert run.outcomes == ({"fills": 1, "agrees": 1} if is_registered else {"new": 1, "agrees": 1})
    assert ["number_given_twice", "", 2, 2, {}] in run.findings
    assert ("fills", "document_number") not in [(code, column) for code, column, *_more in run.findings]
    approve(run, steward, second_steward)
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(Person.objects.get(given_name="សុភា"), phone="+85516999001")
    assert work(run).outcomes["agrees"] == 1
    assert not IdentityDocument.objects.exists()


@pytest.mark.parametrize("fields", [[], ["members"]])
def test_newcomers_join_a_household_where_they_may(source, imported, fields):
    trusting(source, fill=fields)
    imported([sophea()])
    imported([sophea(), row("2")])
    assert Membership.objects.count() == 1 + len(fields)


def enrolled():
    return dict(Enrolment.objects.values_list("person__given_name", "member_number"))


def test_everybody_who_comes_in_or_is_somebody_is_enrolled(source, family_package, imported):
    """New, filled, saying otherwise, a likely double; not who is refused, or is as before."""
    trusting(source, fill=["phone"])
    alone = {"household": "", "relationship": ""}
    known = [
        sophea("1", **alone),
        sophea("3", **alone, given_name="ធីតា", born="1972-07-08", card="012345680"),
        row("4", **alone),
        row("7", **alone, given_name="មិនា", born="1991-03-13"),
    ]
    imported(known)
    enrols_in(source, family_package)
    rows = [
        {**known[0], "member_number": "M1", "phone": "012345678"},
        {**known[1], "member_number": "M3", "born": "1972-07-09"},
        row("8", **alone, member_number="M4", born="2001-02"),
        row("5", **alone, member_number="M5", given_name="មករា", born="1988-08-18", village="01020102"),
        row("6", **alone, member_number="M6", given_name="វិច្ឆិកា", born="1988-02-31"),
        known[3],
    ]
    run = imported(rows)
    assert run.outcomes == {"fills": 1, "conflict": 1, "likely": 1, "new": 1, "refused": 1, "known": 1}
    assert enrolled() == {"សុភា": "M1", "ធីតា": "M3", "ដារ៉ា": "M4", "មករា": "M5"}


def test_the_same_row_again_does_not_enrol_whose_enrolment_ended(enrolling, imported):
    imported([row("2", since="2024-02-01", member_number="M1")])
    Enrolment.objects.update(state="ended", until=date(2026, 2, 1))
    run = imported([row("2", since="2025-02-01", member_number="M2")])
    assert run.outcomes == {"agrees": 1}
    assert Enrolment.objects.get().state == "ended"
    imported([row("2", since="2026-03-01", member_number="M3")])
    assert list(Enrolment.objects.order_by("pk").values_list("state", "member_number")) == [
        ("ended", "M1"), ("active", "M3")
    ]  # fmt: skip


def test_an_enrolment_is_completed_and_keeps_what_was_reported(enrolling, imported):
    imported([row("2", since="2024-02-01")])
    assert imported([row("2", since="2024-02-01", member_number="M1")]).outcomes == {"fills": 1}
    assert imported([row("2", since="2024-02-01", member_number="M2")]).outcomes == {"agrees": 1}
    assert enrolled() == {"ដារ៉ា": "M1"}


def test_who_left_and_came_back_is_enrolled_as_they_are_now(enrolling, imported):
    """The file says not since when, or since before they left: it completes what is open."""
    imported([row("2", since="2020-02-01")])
    Enrolment.objects.update(state="ended", until=date(2022, 1, 1))
    back = Enrolment.objects.create(
        person=Person.objects.get(), programme=Enrolment.objects.get().programme, since=date(2023, 1, 1)
    )
    assert imported([row("2", member_number="M1")]).outcomes == {"fills": 1}
    assert imported([row("2", card="012345679", since="2020-02-01", member_number="M1")])
    assert list(Enrolment.objects.order_by("pk").values_list("state", "member_number")) == [
        ("ended", ""), ("active", "M1")
    ]  # fmt: skip
    assert Enrolment.objects.latest("pk") == back


def test_where_too_many_came_meanwhile_all_rows_are_compared_again(
    source, steward, second_steward, sokha, monkeypatch
):
    monkeypatch.setattr(applying, "MOST_ARRIVED", 0)
    run = approve(compared(source, [sophea(), row("2")], steward), steward, second_steward)
    head = person_details(
        family_name="សុខ", given_name="សុភា", born=PartialDate(date(1970, 5, 6)), document_type="identity_card",
        document_number="012345678",
    )  # fmt: skip
    register_household(actor=sokha, details=household_details(head))
    work(run)
    assert Person.objects.filter(given_name="សុភា").count() == 1


def test_a_number_that_somebody_else_has_by_now_is_drawn_again(source, steward, second_steward, sokha):
    run = approve(compared(source, [row("2")], steward), steward, second_steward)
    register_household(actor=sokha, details=household_details())
    taken = Person.objects.earliest("pk").spid
    StagedRow.objects.filter(run=run).update(spid=taken)
    assert work(run).state == "applied"
    assert Person.objects.get(given_name="ដារ៉ា").spid != taken

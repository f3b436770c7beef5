"""Whom an import kept out of a household: placed there once they are found to be two, whatever came first."""

from datetime import date

import pytest
from django.db import transaction
from django.utils import translation
from django.utils.html import conditional_escape

from dsp_platform.accounts.models import User
from dsp_platform.database.history import history_of
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job, unfinished_jobs
from dsp_platform.notifications.models import Message
from registry.duplicates.pairs import end_cases
from registry.duplicates.workflow import announced
from registry.imports.writing import placing
from registry.merging.services import merge
from registry.merging.undoing import unmerge
from registry.models import (
    DuplicateCase,
    Household,
    ImportSource,
    Membership,
    Person,
)
from registry.persons.writer import PersonWriter
from tests.registry.duplicates.cast import case_of, decide
from tests.registry.duplicates.test_desk import page_of
from tests.registry.imports.conftest import row, sophea
from tests.registry.imports.undoing.test_undoing import undone as undone
from tests.registry.imports.writing.test_joining import living
from tests.roles import as_owner
from tests.structure.conftest import browser

DOUBLE = row("3", born="2001")
"""Dara, as the file has him once more."""
TWO, THREE = [["ដារ៉ា", "សុភា"]], [["ដារ៉ា", "ដារ៉ា", "សុភា"]]


def place():
    for job in unfinished_jobs():
        run_job(job)
    assert not Job.objects.filter(state=Job.State.FAILED).exists()


@pytest.fixture
def kept_out(imported):
    """Of the household in which Dara lives."""
    imported([sophea(), row("2")])
    run = imported([sophea(), DOUBLE])
    assert living() == TWO
    return run


@pytest.fixture
def decided(second_steward):
    def two_persons():
        decide(DuplicateCase.objects.get(), "different", second_steward)
        place()

    return two_persons


def dara():
    return Person.objects.get(given_name="ដារ៉ា", birth_precision="day")


def double():
    return Person.objects.get(birth_precision="year")


@as_owner()
def in_force(state):
    ImportSource.objects.update(state=state)


def test_two_persons_live_in_one_household(kept_out, decided):
    decided()
    assert living() == THREE


def test_its_history_names_the_source_and_who_decided_and_operators_are_told(
    kept_out, decided, second_steward
):
    versions = double().version, Household.objects.get().version
    decided()
    facts = history_of(Membership).get(pgh_label="insert", person=double()).pgh_context.metadata
    assert (facts["why"], facts["source"]) == ("place_named", "idpoor-households")
    assert facts["actor"] == second_steward.pk
    assert (double().version, Household.objects.get().version) == (versions[0] + 1, versions[1] + 1)


def test_they_and_the_head_of_the_household_are_told(imported, decided):
    imported([sophea(phone="012777001"), row("2")])
    imported([row("3", born="2001", phone="012777005")])
    decided()
    told = Message.objects.filter(template="details_changed").values_list("phone", flat=True)
    assert sorted(told) == ["+85512777001", "+85512777005"]


def announced_to(user):
    return announced(DuplicateCase.objects.get(), user)


def test_the_desk_says_beforehand_where_they_would_live(kept_out, second_steward):
    (sentence,) = announced_to(second_steward)
    assert double().spid_grouped in sentence
    assert Household.objects.get().number in sentence
    assert all(name in sentence for name in ("ដារ៉ា", "សុភា"))


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_of_the_pair_shows_it(kept_out, second_steward, language):
    with translation.override(language):
        (sentence,) = announced_to(second_steward)
    page = page_of(browser(second_steward), DuplicateCase.objects.get(), language)
    assert conditional_escape(sentence) in page


def test_nothing_is_announced_of_whoever_has_an_account(kept_out, second_steward, sokha):
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(double(), account=sokha)
    assert announced_to(second_steward) == []


def test_whoever_has_an_account_says_themselves_where_they_live(kept_out, decided, sokha):
    with transaction.atomic(), PersonWriter() as writer:
        writer.update_person(double(), account=sokha)
    decided()
    assert (living(), Message.objects.exists()) == (TWO, False)


@pytest.fixture
def merged(imported, steward):
    """Dara, as the file has him once more, into a namesake of the village; by one steward."""

    def into(namesake):
        imported([namesake])
        kept = Person.objects.get(given_name="ពិសិដ្ឋ")
        merge(kept=kept, merged=double(), actor=steward)
        return case_of(kept, dara())

    return into


PISITH = row("9", given_name="ពិសិដ្ឋ", born="1988-01-01", household="", relationship="")


def test_nobody_is_placed_by_what_was_said_of_their_alias(kept_out, merged, second_steward):
    decide(merged(PISITH), "different", second_steward)
    place()
    assert living() == TWO


def test_whoever_was_named_too_is_placed_though_somebody_was_merged_into_them(
    kept_out, merged, second_steward
):
    case = merged({**PISITH, "household": "H1", "relationship": "child", "born": "1999-01-01"})
    decide(case, "different", second_steward)
    place()
    assert living() == [["ដារ៉ា", "ពិសិដ្ឋ", "សុភា"]]


@pytest.fixture
def daughter_of_sophea(second_steward):
    """The second steward, who lived with Sophea and Dara until lately."""
    with transaction.atomic(), PersonWriter() as writer:
        own = Person.objects.get(given_name="ចន្ថា")
        writer.add_membership(Household.objects.get(), own, "child")
        writer.update_membership(Membership.objects.get(person=own), ended_on=date(2026, 11, 1))
    with as_owner():
        User.objects.filter(pk=second_steward.pk).update(spid=own.spid)
    second_steward.refresh_from_db()
    return second_steward


@pytest.fixture
def beside_a_stranger(kept_out, imported):
    """Dara, as the file has him once more, is like somebody of another household too."""
    imported([row("5", given_name="ចន្ថា", sex="female", born="1995-06-07", household="", relationship="")])
    imported([row("6", given_name="ពិសិដ្ឋ", household="", relationship="")])
    return case_of(double(), Person.objects.get(given_name="ពិសិដ្ឋ"))


def test_nobody_comes_into_the_household_of_whoever_decides(beside_a_stranger, daughter_of_sophea, steward):
    in_force("draft")
    decide(case_of(double(), dara()), "different", steward)
    place()
    in_force("approved")
    assert announced(beside_a_stranger, daughter_of_sophea) == []
    assert announced(beside_a_stranger, steward)
    decide(beside_a_stranger, "different", daughter_of_sophea)
    place()
    assert living() == TWO


def test_nor_of_whoever_decided_about_them_before(beside_a_stranger, daughter_of_sophea, steward):
    decide(beside_a_stranger, "different", daughter_of_sophea)
    decide(case_of(double(), dara()), "different", steward)
    place()
    assert living() == TWO


@pytest.mark.parametrize("decided_first", [True, False])
def test_it_is_the_same_whether_their_head_or_the_decision_came_first(imported, decided, decided_first):
    imported([row("2"), DOUBLE])
    if decided_first:
        decided()
        assert living() == []
    imported([sophea()])
    if not decided_first:
        assert living() == TWO
        decided()
    assert living() == THREE


def test_not_beside_somebody_else_whom_they_may_be(kept_out, second_steward):
    other = case_of(double(), Person.objects.get(given_name="សុភា"))
    for case in DuplicateCase.objects.exclude(pk=other.pk):
        assert announced(case, second_steward) == []
        decide(case, "different", second_steward)
    place()
    assert living() == TWO
    decide(other, "different", second_steward)
    place()
    assert living() == THREE


def test_whoever_had_a_home_since_is_not_moved(kept_out, decided):
    with transaction.atomic(), PersonWriter() as writer:
        writer.add_membership(Household.objects.get(), double(), "other")
        writer.update_membership(Membership.objects.get(person=double()), ended_on=date(2026, 11, 1))
    decided()
    assert living() == TWO


def test_whoever_is_found_to_be_one_of_them_is_not_placed(kept_out, second_steward):
    decide(DuplicateCase.objects.get(), "same", second_steward, kept=dara().pk)
    place()
    assert (living(), Job.objects.filter(kind="import_place").exists()) == (TWO, False)


def test_after_a_case_that_ends_by_itself_the_next_file_places_them(kept_out, imported):
    end_cases([DuplicateCase.objects.get()])
    place()
    assert living() == TWO
    assert imported([sophea(), DOUBLE]).findings == [["moves_in", "", 1, 3, {}]]
    assert living() == THREE


def test_whoever_undoes_a_merge_decides_that_they_are_two(kept_out, steward):
    done = merge(kept=dara(), merged=double(), actor=steward)
    unmerge(merge=done, actor=steward)
    place()
    assert living() == THREE


def test_a_source_that_was_stopped_places_nobody(kept_out, decided):
    in_force("draft")
    decided()
    assert living() == TWO


def test_the_same_file_again_places_who_can_live_there_by_now(kept_out, decided, imported):
    in_force("draft")
    decided()
    in_force("approved")
    run = imported([sophea(), DOUBLE])
    assert (run.outcomes, run.findings) == ({"known": 2}, [["moves_in", "", 1, 3, {}]])
    assert living() == THREE
    assert imported([sophea(), DOUBLE]).state == "nothing"


@pytest.mark.parametrize("is_asked", [False, True])
def test_the_same_file_again_changes_nothing_while_they_may_be_one(kept_out, imported, steward, is_asked):
    if is_asked:
        decide(DuplicateCase.objects.get(), "ask", steward, commune="010201", note="Are they one?")
    assert imported([sophea(), DOUBLE]).state == "nothing"


def test_whoever_came_first_of_the_two_is_placed_too(imported, decided):
    imported([DOUBLE])
    imported([sophea(), row("2")])
    assert DuplicateCase.objects.get().first == double()
    assert living() == TWO
    decided()
    assert living() == THREE


def test_nobody_is_placed_while_an_import_is_written(kept_out, decided, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(placing, "take_turn", lambda: False)
        decided()
        assert living() == TWO
    place()
    assert living() == THREE


def test_undoing_the_same_file_leaves_them_as_they_were_before(kept_out, decided, imported, undone):
    in_force("draft")
    decided()
    in_force("approved")
    undone(imported([sophea(), DOUBLE]))
    assert (living(), Person.objects.count()) == (TWO, 3)

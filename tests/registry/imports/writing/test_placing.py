"""Whom an import kept out of a household: placed there once they are found to be two, whatever came first."""

from datetime import date

import pghistory
import pytest
from django.db import transaction
from django.utils import timezone

from dsp_platform.database.history import history_of
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import run_job, unfinished_jobs
from registry.duplicates.pairs import end_cases
from registry.imports.writing import placing
from registry.merging.services import merge
from registry.merging.undoing import unmerge
from registry.models import (
    DuplicateCase,
    Household,
    ImportRun,
    ImportSource,
    Membership,
    Person,
    SourceRecord,
    StagedRow,
)
from registry.persons.writer import PersonWriter
from tests.registry.duplicates.cast import case_of, decide
from tests.registry.imports.conftest import compared, row, sophea
from tests.registry.imports.undoing.test_undoing import undone as undone
from tests.registry.imports.writing.test_joining import living
from tests.roles import as_owner

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


def test_its_history_names_the_source_and_operators_are_told(kept_out, decided):
    versions = double().version, Household.objects.get().version
    decided()
    added = history_of(Membership).get(pgh_label="insert", person=double())
    assert (added.pgh_context.metadata["why"], added.pgh_context.metadata["source"]) == (
        "import", "idpoor-households"
    )  # fmt: skip
    assert (double().version, Household.objects.get().version) == (versions[0] + 1, versions[1] + 1)


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


def test_a_case_that_ends_by_itself_keeps_nobody_out(kept_out):
    end_cases([DuplicateCase.objects.get()])
    place()
    assert living() == THREE


def test_nor_one_whose_merge_was_undone(kept_out, steward):
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


WRITTEN = {"state": "applied", "purged_at": None}


def test_they_are_placed_by_the_last_import_that_wrote_them(kept_out, source, steward, second_steward):
    later = compared(source, [sophea(), DOUBLE], steward)
    told = SourceRecord.objects.get(person=double())

    def placed_by(applied=True, **changes):
        StagedRow.objects.filter(run=later).update(applied=applied)
        ImportRun.objects.filter(pk=later.pk).update(approved_by=second_steward, **{**WRITTEN, **changes})
        with placing._as_imported(told), pghistory.context() as context:
            return {str(kept_out.pk): "earlier", str(later.pk): "later"}[context.metadata["run"]]

    assert [placed_by(state=state) for state in ("applied", "undoing", "applying")] == ["later"] * 3
    assert placed_by(state="ready") == "earlier"
    assert placed_by(purged_at=timezone.now()) == "earlier"
    assert placed_by(applied=False) == "earlier"


def test_undoing_the_file_takes_back_who_was_placed_by_it(kept_out, undone):
    end_cases([DuplicateCase.objects.get()])
    place()
    undone(kept_out)
    assert (living(), Person.objects.count()) == (TWO, 2)


def test_undoing_the_same_file_leaves_them_as_they_were_before(kept_out, decided, imported, undone):
    in_force("draft")
    decided()
    in_force("approved")
    undone(imported([sophea(), DOUBLE]))
    assert (living(), Person.objects.count()) == (TWO, 3)

"""Cases about records that are merged: each step is in the timeline and in the audit."""

import pytest

from dsp_platform.approval import services as approval
from dsp_platform.audit.models import AuditEvent
from registry.duplicates.pairs import end_cases, note_pairs
from registry.matching.records import Evidence
from registry.merging.approvals import propose_merge
from registry.merging.services import merge
from registry.merging.undoing import unmerge
from registry.models import DuplicateCase, Person
from tests.registry.duplicates.cast import case_of, decide, match, steps_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def third(home) -> Person:
    return home.memberships.get(relationship="child").person


@pytest.fixture
def two(steward, second_steward):
    return {"actor": steward, "approved_by": second_steward}


def now(case: DuplicateCase) -> DuplicateCase:
    return DuplicateCase.objects.get(pk=case.pk)


def of(one: Person, other: Person) -> DuplicateCase | None:
    return DuplicateCase.objects.filter(first=min(one.pk, other.pk), second=max(one.pk, other.pk)).first()


def audited(case: DuplicateCase) -> list[str]:
    rows = AuditEvent.objects.filter(subject_kind="duplicatecase", subject_id=case.pk).order_by("pk")
    return [one.action.removeprefix("duplicate_") for one in rows]


def test_a_case_that_waits_waits_for_the_record_that_remains(first, second, third, two):
    waits = case_of(second, third)
    merge(kept=first, merged=second, **two)
    assert {now(waits).first_id, now(waits).second_id} == {first.pk, third.pk}
    assert now(waits).is_open
    assert steps_of(waits) == audited(waits) == ["find", "passed_on"]


def test_a_case_of_the_alias_ends_where_the_record_that_remains_has_its_own(first, second, third, two):
    there, ends = case_of(first, third), case_of(second, third)
    merge(kept=first, merged=second, **two)
    assert (now(ends).state, now(there).state) == ("ended", "waiting")
    assert steps_of(ends) == audited(ends) == ["find", "merged"]


@pytest.mark.parametrize(
    ("is_ended", "evidence", "steps"),
    [
        (False, ["given_name", "birth", "village", "reference"], ["find", "update"]),
        (True, ["sex", "reference"], ["find", "unlikely", "find_again"]),
    ],
    ids=["one waits there", "one ended there"],
)
def test_what_a_file_said_of_the_alias_goes_to_the_case_of_the_record_that_remains(
    first, second, third, two, is_ended, evidence, steps
):
    there = case_of(first, third)
    if is_ended:
        end_cases([there])
    said = (Evidence("sex", "other", -5.0), Evidence("reference", "same", 4.25))
    note_pairs({third.pk: [match(second, -0.75, said)]}, of_file=True)
    done = merge(kept=first, merged=second, **two)
    assert (now(there).state, now(there).of_file, now(there).held_back) == ("waiting", True, third)
    assert [one["comparison"] for one in now(there).evidence] == evidence
    assert steps_of(there) == steps
    unmerge(merge=done, **two)
    assert (now(there).state, now(there).of_file, now(there).held_back) == (
        "ended" if is_ended else "waiting",
        False,
        None,
    )


@pytest.mark.parametrize("waits", [False, True], ids=["none there", "one waits there"])
def test_who_is_another_than_the_alias_is_another_than_the_person(first, second, third, two, waits):
    if waits:
        case_of(first, third)
    decided = case_of(second, third)
    decide(decided, "different", two["actor"])
    merge(kept=first, merged=second, **two)
    there = of(first, third)
    assert (there.state, there.decided_by) == ("different", two["actor"])
    assert steps_of(there)[-1] == audited(there)[-1] == "followed"


def test_undone_each_case_is_as_before(first, second, third, two):
    waits = case_of(second, third)
    done = merge(kept=first, merged=second, **two)
    unmerge(merge=done, **two)
    assert of(second, third) == waits
    assert steps_of(waits) == audited(waits) == ["find", "passed_on", "restored"]


def test_undone_what_followed_from_the_merge_is_decided_no_longer(first, second, third, two):
    decide(case_of(second, third), "different", two["actor"])
    done = merge(kept=first, merged=second, **two)
    unmerge(merge=done, **two)
    assert (of(first, third).state, of(second, third).state) == ("ended", "different")
    assert steps_of(of(first, third)) == ["followed", "dropped"]


def test_undone_a_case_that_had_waited_waits_again(first, second, third, two):
    there = case_of(first, third)
    decide(case_of(second, third), "different", two["actor"])
    unmerge(merge=merge(kept=first, merged=second, **two), **two)
    assert (now(there).state, now(there).decided_by) == ("waiting", None)
    assert steps_of(there) == ["find", "followed", "restored"]


def test_the_case_of_the_two_is_decided_when_the_second_approves(case, first, second, two):
    proposal = propose_merge(kept=first, merged=second, actor=two["actor"], reason="One mother.")
    approval.approve(proposal=proposal, actor=two["approved_by"], digest=proposal.digest)
    assert (now(case).state, now(case).decided_by) == ("same", two["actor"])
    assert steps_of(case) == audited(case) == ["find", "same"]
    assert case.events.last().note == "One mother."


def test_undone_the_two_are_two_persons(case, first, second, two):
    unmerge(merge=merge(kept=first, merged=second, **two), note="Two cousins.", **two)
    assert (now(case).state, case.events.last().note) == ("different", "Two cousins.")
    assert steps_of(case) == audited(case) == ["find", "same", "parted"]


def test_without_a_case_there_is_one_afterwards(first, second, two):
    done = merge(kept=first, merged=second, **two)
    assert of(first, second).state == "same"
    unmerge(merge=done, **two)
    merge(kept=first, merged=second, **two)
    assert steps_of(of(first, second)) == ["same", "parted", "joined"]

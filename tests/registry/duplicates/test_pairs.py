"""Cases that comparing opens, keeps up to date and ends."""

from dataclasses import replace

import pytest

from dsp_platform.audit.models import AuditEvent
from registry.duplicates import workflow
from registry.duplicates.pairs import end_cases, note_pairs
from registry.duplicates.workflow import Follower
from registry.matching.records import Evidence
from registry.models import DuplicateCase
from tests.registry.duplicates.cast import EVIDENCE, case_of, decide, match, steps_of

pytestmark = pytest.mark.django_db
NEARER = (*EVIDENCE, Evidence("phone", "same", 18.0))


def test_a_pair_is_one_case_from_whichever_side_it_is_found(first, second):
    note_pairs({first.pk: [match(second)], second.pk: [match(first)]})
    note_pairs({second.pk: [match(first)]})
    case = DuplicateCase.objects.get()
    assert (case.first, case.second, case.state) == (first, second, "waiting")
    assert steps_of(case) == ["find"]


def test_of_who_is_gone_meanwhile_there_is_no_case(first, second):
    note_pairs({first.pk: [replace(match(second), person_id=0), match(second)]})
    assert DuplicateCase.objects.get().first == first


def test_its_evidence_is_kept_by_comparison(case):
    assert {"comparison": "birth", "level": "day", "weight": 14.1} in case.evidence
    assert case.reference.startswith("D-")


def test_the_evidence_of_an_open_case_becomes_that_of_today(case, first, second):
    note_pairs({first.pk: [match(second, 32.0, NEARER)]})
    case.refresh_from_db()
    assert (case.weight, len(case.evidence), case.version) == (32.0, 4, 2)
    assert steps_of(case) == ["find", "update"]


def test_the_same_evidence_again_makes_no_page_stale(case, first, second):
    note_pairs({first.pk: [match(second, 14.01)]})
    case.refresh_from_db()
    assert case.version == 1


def test_a_decided_pair_stays_decided(case, first, second, steward):
    decide(case, "different", steward)
    note_pairs({first.pk: [match(second, 32.0, NEARER)]})
    case.refresh_from_db()
    assert (case.state, case.weight) == ("different", 14.0)


def test_a_case_that_ended_undecided_is_opened_again(case, first, second):
    end_cases([case])
    case.refresh_from_db()
    assert case.state == "ended"
    note_pairs({first.pk: [match(second, 32.0, NEARER)]})
    case.refresh_from_db()
    assert (case.state, case.weight) == ("waiting", 32.0)
    assert steps_of(case) == ["find", "unlikely", "find_again"]


def test_a_case_about_an_alias_says_so(case, first, second):
    type(second).objects.filter(pk=second.pk).update(merged_into=first)
    end_cases([case])
    assert steps_of(case) == ["find", "merged"]


def test_many_pairs_get_many_references(home, first, second):
    daughter = home.memberships.get(relationship="child").person
    note_pairs({first.pk: [match(second), match(daughter)], second.pk: [match(daughter)]})
    assert DuplicateCase.objects.count() == 3
    assert len({case_of(first, second).reference, case_of(first, daughter).reference}) == 2


@pytest.mark.parametrize(("step", "is_told"), [("ask", False), ("same", False), ("different", True)])
def test_who_waits_for_a_case_is_told_when_the_two_stay_two(
    case, first, second, steward, monkeypatch, step, is_told
):
    told = []
    follower = Follower(lambda case, decided_by: told.append((case, decided_by)), lambda *_about: [])
    monkeypatch.setattr(workflow, "_followers", [follower])
    note_pairs({first.pk: [match(second, 32.0, NEARER)]})
    decide(case, step, steward, commune="010201", note="Is this Sokha?")
    assert steps_of(case) == ["find", "update", step]
    assert told == [(case, steward)] * is_told


def test_not_when_it_ends_by_itself(case, monkeypatch):
    told = []
    follower = Follower(lambda *ended: told.append(ended), lambda *_about: [])
    monkeypatch.setattr(workflow, "_followers", [follower])
    end_cases([case])
    assert told == []


def test_that_it_was_found_stands_in_the_audit_of_each(case):
    event = AuditEvent.objects.get(action="duplicate_find")
    assert (event.actor, event.subject_kind, event.subject_id) == (None, "duplicatecase", case.pk)

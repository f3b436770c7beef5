"""What has happened to a case, also where it happened to the proposal of its merge."""

import pytest
from django.utils import translation

from dsp_platform.approval import services as approval
from dsp_platform.approval.models import Proposal
from registry.duplicates.timeline import timeline
from registry.models import Enrolment
from tests.registry.duplicates.cast import decide

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposal(case, first, family_package, steward, second_steward) -> Proposal:
    Enrolment.objects.create(person=first, programme=family_package, since="2026-01-01")
    return decide(case, "same", steward, note="One mother.").proposal


@translation.override("en")
def test_a_refusal_stands_there_with_its_note_and_who_refused(proposal, case, second_steward):
    approval.refuse(proposal=proposal, actor=second_steward, note="Two cousins.")
    (found,) = (one for one in timeline(case) if one.title == "A second steward refused the merge")
    assert found.text == "Two cousins."
    assert second_steward.full_name in found.by


@translation.override("en")
def test_so_does_that_it_was_withdrawn(proposal, case, steward):
    approval.withdraw(proposal=proposal, actor=steward)
    assert timeline(case)[0].title == "The proposed merge was withdrawn"


def test_what_waits_is_no_refusal(proposal, case):
    assert len(timeline(case)) == case.events.count()

"""A day by decree: one steward proposes it, another one approves it, and only then is it counted."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from dsp_platform.approval.errors import AlreadyPending, NothingChanges, SamePerson
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.services import approve
from dsp_platform.audit.models import AuditEvent
from dsp_platform.working_days.approvals import propose_day
from dsp_platform.working_days.calendar import working_days
from dsp_platform.working_days.models import DecreedDay
from tests.approval.cast import approve_waiting
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 4, 17)
DECREE = "សារាចរណែនាំ លេខ ០១ សរ"


def propose(actor, rule="off", day=FRIDAY):
    return propose_day(day=day, rule=rule, decree=DECREE, actor=actor)


def test_it_is_counted_once_a_second_steward_has_approved_it(steward, second_steward):
    propose(steward)
    assert working_days().is_working(FRIDAY)
    approve_waiting(second_steward)
    assert not working_days().is_working(FRIDAY)
    row = DecreedDay.objects.get()
    assert (row.proposed_by, row.approved_by) == (steward, second_steward)
    assert AuditEvent.objects.filter(action="decree_day", actor_id=second_steward.pk).exists()


def test_nobody_approves_their_own(steward, second_steward):
    proposal = propose(steward)
    with pytest.raises(SamePerson):
        approve(proposal=proposal, actor=steward, digest=proposal.digest)


def test_one_proposal_a_day_at_a_time(steward, second_steward):
    propose(steward)
    with pytest.raises(AlreadyPending):
        propose(second_steward, rule="working")


def test_a_decree_that_is_withdrawn_leaves_the_day_as_usual(steward, second_steward):
    for rule in ("off", "as_usual"):
        propose(steward, rule)
        approve_waiting(second_steward)
    assert working_days().is_working(FRIDAY)
    assert DecreedDay.objects.get().rule == "as_usual"


def test_what_stands_there_already_is_not_proposed(steward, second_steward):
    propose(steward)
    approve_waiting(second_steward)
    with pytest.raises(NothingChanges):
        propose(steward)


def test_the_database_refuses_any_other_way(steward, second_steward):
    with pytest.raises(DatabaseError, match="by two people"), transaction.atomic():
        DecreedDay.objects.create(
            day=FRIDAY, rule="off", decree=DECREE, proposed_by=steward, approved_by=second_steward
        )


def test_a_steward_proposes_it_in_the_admin(steward, second_steward):
    client = browser(steward)
    answer = client.post(
        "/km/admin/working_days/decreedday/add/", {"day": "17/04/2026", "rule": "off", "decree": DECREE}
    )
    proposal = Proposal.objects.get()
    assert answer.url.endswith(f"/approval/proposal/{proposal.pk}/change/")
    page = client.get(answer.url).content.decode()
    assert DECREE in page
    assert not DecreedDay.objects.exists()

"""Sensitive grievances are for stewards whom two people named, and for no other staff."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from dsp_platform.accounts.models import User
from dsp_platform.accounts.staff import approvals
from dsp_platform.approval import services as approval
from grievances import selectors
from tests.applications.helpers import sign_in
from tests.grievances.test_services import handle
from tests.roles import as_owner


@pytest.fixture
def other_steward(steward, second_steward):
    with as_owner():
        return User.objects.create_staff(
            username="steward.three", password="x", role="steward", full_name="អ៊ុំ សុខា"
        )


def decided(act, user, steward, second_steward) -> User:
    proposal = approvals.propose_for(actor=steward, user=user, act=act)
    approval.approve(proposal=proposal, actor=second_steward, digest=proposal.digest)
    user.refresh_from_db()
    return user


@pytest.mark.parametrize("category", ["abuse", "money_asked", "staff", "data"])
def test_another_steward_neither_lists_nor_opens_nor_answers_one(tell, other_steward, steward, category):
    grievance = tell(category=category, text="secret words")
    assert grievance in selectors.queue_of(steward)
    assert grievance not in selectors.queue_of(other_steward)
    browser = sign_in(other_steward)
    assert grievance.reference not in browser.get("/en/admin/grievances/grievance/").content.decode()
    assert browser.get(f"/en/admin/grievances/grievance/{grievance.pk}/change/").status_code == 404
    with pytest.raises(PermissionDenied):
        handle(grievance, other_steward)


def test_two_people_name_one_and_end_it(tell, other_steward, steward, second_steward):
    grievance = tell(category="abuse")
    named = decided(approvals.NAME_SENSITIVE, other_steward, steward, second_steward)
    assert grievance in selectors.queue_of(named)
    ended = decided(approvals.END_SENSITIVE, named, steward, second_steward)
    assert grievance not in selectors.queue_of(ended)


def test_the_database_takes_it_from_nobody_else(other_steward):
    other_steward.answers_sensitive = True
    with pytest.raises(DatabaseError, match="two people"), transaction.atomic():
        other_steward.save(update_fields=["answers_sensitive"])


def test_only_a_steward_and_only_once(steward, second_steward, nssf_reviewer):
    for user in (second_steward, nssf_reviewer):
        with pytest.raises(ValidationError):
            approvals.propose_for(actor=steward, user=user, act=approvals.NAME_SENSITIVE)


@pytest.mark.parametrize("language", ["en", "km"])
def test_proposed_in_the_list_of_accounts(other_steward, steward, language):
    address = f"/{language}/admin/accounts/user/"
    sent = {"action": "name_sensitive", "_selected_action": [other_steward.pk]}
    page = sign_in(steward).post(address, sent, follow=True).content.decode()
    assert other_steward.full_name in page

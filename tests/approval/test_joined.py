"""Only a steward who can sign in counts as a possible approver."""

import pytest
from django.db import transaction

from dsp_platform.accounts.models import Role, User
from dsp_platform.accounts.staff import approvals, invitations
from dsp_platform.accounts.staff import services as staff
from dsp_platform.approval import services
from dsp_platform.approval.errors import NobodyCanApprove
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.selectors import joined_stewards, reason_blocked
from tests.approval.test_services import approve, language, programme, propose
from tests.structure.conftest import browser

__all__ = ["language", "programme"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(steward, second_steward):
    """A steward created by two people who has not followed the invitation yet."""
    named = {"username": "steward.new", "role": Role.STEWARD, "full_name": "នួន សុវណ្ណ"}
    approve(approvals.propose_account(actor=steward, **named), second_steward)
    return User.objects.get(username="steward.new")


def test_who_has_not_joined_is_not_named_as_somebody_who_can_approve(
    programme, newcomer, steward, second_steward, language
):
    proposal = propose(programme, steward)
    assert services.approvers(proposal) == [second_steward]
    page = browser(second_steward).get(f"/{language}/admin/approval/proposal/{proposal.pk}/change/")
    assert newcomer.full_name not in page.content.decode()


def test_who_has_not_joined_is_nobody_who_is_left(newcomer, steward, second_steward):
    with transaction.atomic():
        assert not approvals.may_close_alone(second_steward)


def test_nothing_is_proposed_where_only_a_newcomer_could_approve(
    programme, newcomer, steward, second_steward, language
):
    User.objects.filter(pk=second_steward.pk).update(is_active=False)
    assert isinstance(reason_blocked("programme", str(programme.pk)), NobodyCanApprove)
    with pytest.raises(NobodyCanApprove):
        propose(programme, steward)
    assert not Proposal.objects.filter(kind="programme").exists()


@pytest.mark.usefixtures("third_steward")
def test_whose_credentials_were_stopped_is_not_counted_until_there_are_new_ones(steward, second_steward):
    invitations.renew_credentials(actor=steward, user=second_steward, first_half="half")
    assert second_steward not in joined_stewards()
    assert [staff.has_joined(one) or one.has_usable_password() for one in joined_stewards()] == [True, True]

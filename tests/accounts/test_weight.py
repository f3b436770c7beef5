"""The account of a steward or an auditor: nobody but the person it is for ever holds the whole way in."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from dsp_platform.accounts import weight
from dsp_platform.accounts.models import User
from tests.accounts.test_join import enter, set_up
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
HALF = re.compile(r'<code class="once">([a-z0-9-]+)</code>')


def decide_page(proposal) -> str:
    return reverse("admin:approval_proposal_decide", args=[proposal.pk])


def own_page(proposal) -> str:
    return reverse("admin:approval_proposal_change", args=[proposal.pk])


@pytest.fixture(params=["steward", "auditor"])
def proposal(request, steward, second_steward):
    return weight.propose_account(actor=steward, username="new.one", role=request.param, full_name="នាង ថ្មី")


@pytest.fixture
def halves(proposal, steward, second_steward) -> tuple[str, str]:
    """What the proposer reads, and what the approver was shown."""
    approver = browser(second_steward)
    answer = approver.post(
        decide_page(proposal), {"act": "approve", "digest": proposal.digest, "yes": "yes"}
    ).content.decode()
    second = HALF.search(answer)[1]
    assert not HALF.search(approver.get(own_page(proposal)).content.decode())
    return HALF.search(browser(steward).get(own_page(proposal)).content.decode())[1], second


def test_neither_half_opens_the_account(halves):
    for code in halves:
        assert enter(Client(), code).status_code == 200
    assert not User.objects.get(username="new.one").has_usable_password()


def test_with_both_the_person_comes_in_and_no_half_is_shown_again(client, halves, proposal, steward):
    assert enter(client, "-".join(halves)).status_code == 302
    assert set_up(client).url.endswith("/admin/")
    assert not HALF.search(browser(steward).get(own_page(proposal)).content.decode())


def test_a_renewal_too_takes_both(halves, client, steward, second_steward):
    enter(client, "-".join(halves))
    set_up(client)
    new_one = User.objects.get(username="new.one")
    again = weight.propose_for(actor=second_steward, user=new_one, act=weight.RENEW)
    answer = browser(steward).post(
        decide_page(again), {"act": "approve", "digest": again.digest, "yes": "yes"}
    )
    second = HALF.search(answer.content.decode())[1]
    assert enter(Client(), second).status_code == 200
    first = HALF.search(browser(second_steward).get(own_page(again)).content.decode())[1]
    assert enter(Client(), f"{first}-{second}").status_code == 302

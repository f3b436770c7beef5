"""A merge that touches an account or an enrolment, proposed by one steward and approved by another one."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import kind_of
from dsp_platform.approval.errors import ProposalOutdated, SamePerson
from dsp_platform.approval.models import Proposal
from registry.errors import MergeRefused
from registry.identity.spid import grouped
from registry.merging.approvals import propose_merge, propose_unmerge
from registry.merging.contract import Side
from registry.merging.undoing import came_since
from registry.models import Merge
from tests.registry.merging.test_merge import again, card, write
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
WHY = "Both cards are hers."


@pytest.fixture
def proposal(maly, other_maly, steward, second_steward) -> Proposal:
    return propose_merge(
        kept=maly, merged=other_maly, actor=steward, reason=WHY, values={"phone": Side.MERGED}
    )


def approve(proposal, actor):
    approval.approve(proposal=proposal, actor=actor, digest=proposal.digest)


def test_nothing_changes_until_a_second_steward_approves(proposal, other_maly, steward):
    with pytest.raises(SamePerson):
        approve(proposal, steward)
    assert again(other_maly).merged_into is None


def test_it_is_carried_out_as_it_was_read(proposal, maly, other_maly, steward, second_steward):
    approve(proposal, second_steward)
    done = Merge.objects.get()
    assert (done.decided_by, done.approved_by) == (steward, second_steward)
    assert again(maly).phone == other_maly.phone


def test_what_was_read_is_no_longer_approved_once_a_record_changed(proposal, maly, second_steward):
    write(maly, working=True)
    with pytest.raises(ProposalOutdated):
        approve(proposal, second_steward)


def test_the_proposal_says_which_numbers_and_no_name(proposal, maly, other_maly):
    kind = kind_of(proposal)
    words = " ".join([kind.name(proposal), *(f"{one}" for one in kind.difference(proposal))])
    assert grouped(other_maly.spid) in words
    assert grouped(maly.spid) in words
    assert maly.given_name not in words
    assert maly.phone not in words


def test_the_proposal_says_what_follows(proposal):
    with translation.override("en"):
        assert any(
            "passes to the record that remains" in one for one in kind_of(proposal).consequences(proposal)
        )


def test_a_relative_of_one_of_them_approves_nothing(proposal, rith, second_steward):
    with as_owner():
        User.objects.filter(pk=second_steward.pk).update(spid=rith.spid)
    assert kind_of(proposal).barred([proposal]) == {proposal.subject: {second_steward.pk}}


def test_it_takes_a_reason(maly, other_maly, steward, second_steward):
    with pytest.raises(ValidationError):
        propose_merge(kept=maly, merged=other_maly, actor=steward, reason="")


def test_what_cannot_be_is_not_proposed(maly, steward, second_steward):
    with pytest.raises(MergeRefused):
        propose_merge(kept=maly, merged=maly, actor=steward, reason=WHY)


# --- undone


@pytest.fixture
def done(proposal, maly, second_steward) -> Merge:
    approve(proposal, second_steward)
    card(maly, "010203222")
    return Merge.objects.get()


def test_it_is_undone_by_two(done, other_maly, steward, second_steward):
    assigned = {one.key: Side.MERGED for one in came_since(done)}
    undoing = propose_unmerge(merge=done, actor=second_steward, reason=WHY, assigned=assigned)
    assert "010203222" not in str(kind_of(undoing).difference(undoing))
    approve(undoing, steward)
    assert again(other_maly).merged_into is None
    assert other_maly.documents.get().number == "010203222"


def test_what_came_after_the_proposal_makes_it_outdated(done, maly, steward, second_steward):
    assigned = {one.key: Side.MERGED for one in came_since(done)}
    undoing = propose_unmerge(merge=done, actor=second_steward, reason=WHY, assigned=assigned)
    card(maly, "PP123456", "passport")
    with pytest.raises(ProposalOutdated):
        approve(undoing, steward)


NUMBER, OTHER_NUMBER = "+85512111222", "+85512999888"
CHANGES = {
    "a detail": lambda maly: write(maly, phone=OTHER_NUMBER),
    "a document": lambda maly: maly.documents.update(number="010203999"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_nobody_hands_over_a_value_that_they_have_not_read(what, done, maly, steward, second_steward):
    write(maly, phone=NUMBER)
    assigned = {one.key: Side.MERGED for one in came_since(done)}
    undoing = propose_unmerge(merge=done, actor=second_steward, reason=WHY, assigned=assigned)
    CHANGES[what](maly)
    with pytest.raises(ProposalOutdated):
        approve(undoing, steward)


def test_the_proposal_keeps_no_value(done, maly, second_steward, steward):
    write(maly, phone=NUMBER)
    assigned = {one.key: Side.MERGED for one in came_since(done)}
    undoing = propose_unmerge(merge=done, actor=second_steward, reason=WHY, assigned=assigned)
    assert NUMBER not in str(undoing.before)
    assert "010203222" not in str(undoing.before)


# --- the page


def shown_on(page: str) -> str:
    (digest,) = re.findall(r'name="shown" value="(\w+)"', page)
    return digest


def test_the_page_lists_what_came_since_and_proposes(done, steward, second_steward):
    client = browser(steward)
    address = f"/en/admin/registry/merge/{done.pk}/change/"
    page = client.get(address).content.decode()
    (came,) = came_since(done)
    assert came.key in page
    client.post(address, {"reason": WHY, came.key: "merged", "shown": shown_on(page)})
    waiting = Proposal.objects.get(state=Proposal.State.PROPOSED)
    assert waiting.payload == {"assigned": {came.key: "merged"}}


def test_the_page_asks_of_each_thing_whose_it_is(done, steward):
    client, address = browser(steward), f"/en/admin/registry/merge/{done.pk}/change/"
    shown = shown_on(client.get(address).content.decode())
    assert "Say whose it is." in client.post(address, {"reason": WHY, "shown": shown}).content.decode()
    assert not Proposal.objects.filter(state=Proposal.State.PROPOSED).exists()


@pytest.mark.parametrize("sent", ["of an earlier page", "nothing"])
def test_the_page_proposes_nothing_but_what_it_showed(sent, done, maly, steward):
    client, address = browser(steward), f"/en/admin/registry/merge/{done.pk}/change/"
    write(maly, phone=NUMBER)
    shown = shown_on(client.get(address).content.decode())
    write(maly, phone=OTHER_NUMBER)
    answers = {"reason": WHY, **{one.key: "merged" for one in came_since(done)}}
    if sent == "of an earlier page":
        answers["shown"] = shown
    page = client.post(address, answers).content.decode()
    assert "has changed since" in page
    assert not Proposal.objects.filter(state=Proposal.State.PROPOSED).exists()

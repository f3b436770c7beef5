"""Whoever is related to one of those whom a merge concerns decides nothing about it, by whichever door.

Heng leads the household in which Maly lives. Until 2022 he lived with the second steward.
"""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from dsp_platform.accounts.models import User
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import kind_of
from dsp_platform.approval.models import Proposal
from dsp_platform.casework.errors import InConflict
from registry.duplicates.deciders import duplicate_deciders
from registry.merging.approvals import propose_merge, propose_unmerge
from registry.merging.concerned import persons_concerned
from registry.merging.contract import Pair
from registry.merging.services import merge
from registry.merging.snapshots import pair_then
from registry.merging.undoing import unmerge
from registry.models import DuplicateCase, Membership, Merge
from registry.persons.households import home_now
from tests.registry.merging.test_merge import again
from tests.registry.merging.test_proposed import page_of
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
WHY = "Both cards are hers."


@pytest.fixture
def proposal(maly, other_maly, steward, second_steward) -> Proposal:
    return propose_merge(kept=maly, merged=other_maly, actor=steward, reason=WHY)


@pytest.fixture
def done(maly, other_maly, two) -> Merge:
    return merge(kept=maly, merged=other_maly, **two)


@pytest.fixture
def related(family_of_one, heng, second_steward) -> User:
    """The second steward, once they are related to Heng."""
    Membership.objects.create(
        household=family_of_one,
        person=heng.person,
        relationship="other_relative",
        started_on=date(2018, 1, 1),
        ended_on=date(2022, 1, 1),
    )
    with as_owner():
        User.objects.filter(pk=second_steward.pk).update(spid=family_of_one.memberships.first().person.spid)
    return again(second_steward)


def test_those_of_both_households_are_concerned(maly, other_maly, heng, rith):
    found = persons_concerned({"pair": Pair(maly.pk, other_maly.pk)})
    assert found == {"pair": {maly.pk, other_maly.pk, heng.person.pk, rith.pk}}


def test_those_to_whom_one_of_the_two_comes_back_are_concerned(maly, other_maly, heng, rith, two):
    done = merge(kept=other_maly, merged=maly, **two)
    assert home_now(again(other_maly)) != home_now(rith)
    assert {heng.person.pk, rith.pk} <= persons_concerned({"pair": pair_then(done)})["pair"]


def test_the_desk_asks_of_the_same_persons(maly, other_maly, related):
    first, second = sorted((maly, other_maly), key=lambda one: one.pk)
    case = DuplicateCase.objects.create(first=first, second=second, reference="D-7K2M-93QD", weight=9.0)
    assert duplicate_deciders.conflict(related, case)


# --- a merge


def test_a_relative_of_a_household_proposes_no_merge(maly, other_maly, steward, related):
    with pytest.raises(InConflict):
        propose_merge(kept=maly, merged=other_maly, actor=related, reason=WHY)


@pytest.mark.parametrize("who", ["actor", "approved_by"])
def test_a_relative_of_a_household_has_no_part_in_a_merge(who, maly, other_maly, steward, related):
    by = {"actor": steward, "approved_by": steward, who: related}
    with pytest.raises(InConflict):
        merge(kept=maly, merged=other_maly, **by)


def test_a_relative_of_a_household_is_barred(proposal, related):
    assert kind_of(proposal).barred([proposal]) == {proposal.subject: {related.pk}}


@pytest.mark.parametrize("decide", [approval.approve, approval.refuse])
def test_nobody_decides_what_they_may_not_read(decide, proposal, related):
    sent = {"digest": proposal.digest} if decide is approval.approve else {}
    with pytest.raises(ValidationError, match="ធ្លាប់រស់នៅ"):
        decide(proposal=proposal, actor=related, note="x", **sent)
    assert again(proposal).is_open


def test_the_page_says_why_it_shows_nothing_and_offers_no_decision(proposal, maly, related):
    page = page_of(related, proposal)
    assert "You have lived in one household with this person" in page
    assert [words for words in (maly.name, WHY, home_now(maly).number, 'name="act"') if words in page] == []


def test_whoever_may_read_it_is_offered_the_decision(proposal, maly, second_steward):
    page = page_of(second_steward, proposal)
    assert [words for words in (maly.name, WHY, 'value="approve"') if words not in page] == []


# --- its undoing


def test_a_relative_of_a_household_undoes_nothing(done, steward, related):
    with pytest.raises(InConflict):
        propose_unmerge(merge=done, actor=related, reason=WHY, assigned={})
    with pytest.raises(InConflict):
        unmerge(merge=done, actor=steward, approved_by=related)


def test_a_relative_of_a_household_is_barred_from_approving_that_it_is_undone(done, steward, request):
    undoing = propose_unmerge(merge=done, actor=steward, reason=WHY, assigned={})
    related = request.getfixturevalue("related")
    assert kind_of(undoing).barred([undoing]) == {undoing.subject: {related.pk}}
    with pytest.raises(ValidationError):
        approval.approve(proposal=undoing, actor=related, digest=undoing.digest)


def test_the_page_of_a_merge_is_closed_to_a_relative_of_a_household(done, other_maly, related):
    page = browser(related).get(f"/en/admin/registry/merge/{done.pk}/change/").content.decode()
    assert "You have lived in one household with this person" in page
    assert other_maly.spid_grouped not in page

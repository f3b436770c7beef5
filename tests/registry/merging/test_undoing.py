"""One record becomes two again, however much happened since."""

from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone

from dsp_platform.notifications.models import Message
from registry.beneficiaries.enrolment import enrol
from registry.errors import MergeRefused, NotAssigned, SecondPersonNeeded
from registry.merging.contract import Side
from registry.merging.services import merge
from registry.merging.undoing import came_since, unmerge
from registry.models import DuplicateCase, Household, Membership
from registry.persons.households import home_now
from registry.persons.writer import PersonWriter
from tests.registry.cast import MALY_PHONE
from tests.registry.changes.cast import about, ask, entry, settle
from tests.registry.merging.conftest import OTHER_PHONE
from tests.registry.merging.state import differences, state
from tests.registry.merging.test_merge import again, card, write

pytestmark = pytest.mark.django_db


def undo(merge, two, side=Side.KEPT):
    """All that came since is of one of the two."""
    unmerge(merge=merge, assigned={one.key: side for one in came_since(merge)}, **two)


def join(person, household, relationship="other_relative"):
    with transaction.atomic(), PersonWriter() as writer:
        lived = person.memberships.filter(ended_on=None).select_related("household").first()
        if lived is not None:
            writer.update_membership(lived, ended_on=timezone.localdate())
        writer.add_membership(household, again(person), relationship)


@pytest.mark.parametrize("which", ["own", "other"])
def test_undone_at_once_everything_is_as_before(which, maly, other_maly, two, programmes):
    card(maly, "010203111")
    card(other_maly, "010203222")
    for person in (maly, other_maly):
        enrol(person=person, programme=programmes["health"], since=date(2026, 1, 1))
    before = state()
    home = home_now(maly if which == "own" else other_maly)
    undo(merge(kept=maly, merged=other_maly, home=home, **two), two)
    assert differences(before, state()) == []


def test_the_head_of_the_same_household_leads_it_again(maly, heng, two):
    before = state()
    undo(merge(kept=maly, merged=heng.person, **two), two)
    assert differences(before, state()) == []


def test_what_came_since_must_be_assigned(maly, other_maly, two):
    done = merge(kept=maly, merged=other_maly, **two)
    card(maly, "010203222")
    with pytest.raises(NotAssigned):
        unmerge(merge=done, **two)
    assert again(other_maly).merged_into == maly


def test_a_document_in_place_of_which_one_of_the_other_came_is_there_again(maly, other_maly, two):
    card(maly, "010203111")
    done = merge(kept=maly, merged=other_maly, **two)
    card(maly, "010203222")
    undo(done, two, Side.MERGED)
    assert [one.number for one in maly.documents.all()] == ["010203111"]
    assert [one.number for one in other_maly.documents.all()] == ["010203222"]


def test_a_detail_told_since_goes_to_whose_it_is(maly, other_maly, two):
    done = merge(kept=maly, merged=other_maly, **two)
    write(maly, phone="+85512000999")
    undo(done, two, Side.MERGED)
    assert (again(maly).phone, again(other_maly).phone) == (MALY_PHONE, "+85512000999")


def test_a_detail_told_since_stays_where_it_is(maly, other_maly, two):
    done = merge(kept=maly, merged=other_maly, **two)
    write(maly, phone="+85512000999")
    undo(done, two)
    assert (again(maly).phone, again(other_maly).phone) == ("+85512000999", OTHER_PHONE)


@pytest.mark.parametrize("side", Side)
def test_whoever_went_to_live_elsewhere_since_lives_there(side, maly, other_maly, family_of_one, two):
    own, others = home_now(maly), home_now(other_maly)
    done = merge(kept=maly, merged=other_maly, **two)
    join(maly, family_of_one)
    undo(done, two, side)
    lives = {Side.KEPT: home_now(again(maly)), Side.MERGED: home_now(again(other_maly))}
    before = {Side.KEPT: own, Side.MERGED: others}
    assert lives == before | {side: family_of_one}


def test_a_household_to_which_nobody_comes_back_stays_closed(maly, other_maly, family_of_one, two):
    left = home_now(other_maly)
    done = merge(kept=maly, merged=other_maly, **two)
    join(maly, family_of_one)
    undo(done, two, Side.MERGED)
    assert again(left).closed_on is not None


def test_nobody_receives_the_money_of_a_household_in_which_the_other_one_lives(
    maly, other_maly, family_of_one, two
):
    done = merge(kept=maly, merged=other_maly, **two)
    join(maly, family_of_one)
    Household.objects.filter(pk=family_of_one.pk).update(payee=maly)
    undo(done, two, Side.MERGED)
    assert home_now(again(other_maly)) == family_of_one
    assert again(family_of_one).payee is None


def test_who_cannot_be_a_member_again_lives_in_no_household(maly, heng, rith, two):
    """Another leads it by now: how they are related to that one, nobody knows."""
    home = home_now(maly)
    done = merge(kept=heng.person, merged=maly, **two)
    Membership.objects.filter(household=home, person=heng.person).update(relationship="other_relative")
    Membership.objects.filter(household=home, person=rith, ended_on=None).update(relationship="head")
    undo(done, two)
    assert home_now(again(maly)) is None


def test_a_request_that_the_merge_ended_is_open_again(maly, maly_at_home, heng, two):
    request = ask(heng, "sex", who=about(maly), sex={"sex": "male"})
    done = merge(kept=heng.person, merged=again(maly), **two)
    assert again(request).state == "ended"
    undo(done, two)
    assert (again(request).state, again(request).person) == ("waiting", maly)
    assert request.events.order_by("-pk").first().step == "parted"


def test_an_account_passes_back_and_is_signed_out(maly, other_maly, two):
    account = other_maly.account
    done = merge(kept=maly, merged=other_maly, **two)
    undo(done, two)
    assert (again(maly).account, again(other_maly).account) == (None, account)


def test_two_persons_are_not_proposed_as_one_again(maly, other_maly, two):
    done = merge(kept=maly, merged=other_maly, **two)
    undo(done, two)
    assert DuplicateCase.objects.get().state == "different"
    assert (again(done).undone_by, again(done).undone_at is None) == (two["actor"], False)


def test_it_takes_two_where_an_account_was_touched(maly, other_maly, two):
    done = merge(kept=maly, merged=other_maly, **two)
    with pytest.raises(SecondPersonNeeded):
        unmerge(merge=done, actor=two["actor"])


def test_it_is_undone_once(maly, other_maly, two):
    done = merge(kept=maly, merged=other_maly, **two)
    undo(done, two)
    with pytest.raises(MergeRefused):
        unmerge(merge=done, **two)


def test_of_a_chain_the_last_is_undone_first(maly, other_maly, rith, two):
    first = merge(kept=maly, merged=rith, **two)
    last = merge(kept=other_maly, merged=again(maly), **two)
    with pytest.raises(MergeRefused):
        undo(first, two)
    undo(last, two)
    assert again(rith).merged_into == maly
    undo(first, two)
    assert again(rith).merged_into is None


def test_of_two_merges_into_one_the_first_is_undone(maly, other_maly, rith, two, programmes):
    """What the second one brought is neither of the two's, and stays."""
    enrol(person=rith, programme=programmes["school"], since=date(2026, 1, 1))
    enrol(person=other_maly, programme=programmes["health"], since=date(2026, 1, 1))
    first = merge(kept=maly, merged=other_maly, **two)
    second = merge(kept=again(maly), merged=rith, **two)
    assert came_since(first) == []
    undo(first, two)
    assert other_maly.enrolments.get().programme.code == "health"
    assert maly.enrolments.get().programme.code == "school"
    undo(second, two)
    assert rith.enrolments.get().programme.code == "school"


def test_operators_get_both_records(maly, other_maly, two):
    done = merge(kept=maly, merged=other_maly, home=home_now(other_maly), **two)
    settle()
    undo(done, two)
    assert entry("person", other_maly.pk).agreement is not None
    assert entry("person", other_maly.pk).state != "delivered"


def test_the_number_of_each_record_is_told(maly, maly_at_home, other_maly, two):
    done = merge(kept=again(maly), merged=other_maly, **two)
    undo(done, two)
    told = Message.objects.filter(template="records_parted").values_list("phone", flat=True)
    assert set(told) == {MALY_PHONE, OTHER_PHONE}

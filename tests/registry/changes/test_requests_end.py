"""A request for a household ends when the person who made it leaves the household."""

import pytest
from django.utils import translation

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.casework.errors import Overtaken
from dsp_platform.notifications.models import Message
from registry.changes.selectors import changes_to_decide
from registry.errors import Outdated
from registry.models import ChangeRequest, Membership, Person
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, OWN_SIM, official
from tests.registry.changes.cast import BABY, NAME, about, agree, ask, decide, heard, joining
from tests.registry.changes.moves.test_moves import say_yes
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
ELSEWHERE = {"where": "elsewhere"}
LEFT = {"km": "អ្នកស្នើសុំលែងជាសមាជិក", "en": "no member of the household any more"}


@pytest.fixture
def left_open(maly, maly_at_home, heng):
    """What she requested about the household and is still open."""
    return [ask(maly_at_home, "name", who=about(heng.person), name=NAME), ask(maly_at_home, "birth", **BABY)]


def states(requests: list[ChangeRequest]) -> set[str]:
    rows = ChangeRequest.objects.filter(pk__in=[one.pk for one in requests])
    return set(rows.values_list("state", flat=True))


def test_who_leaves_leaves_no_request_behind(left_open, maly, maly_at_home, other_clerk):
    decide(ask(maly_at_home, "leaves", who=about(maly), where=ELSEWHERE), other_clerk)
    assert states(left_open) == {"ended"}
    assert all(one.events.last().step == "asker_left" for one in left_open)
    told = Message.objects.filter(template="change_ended", phone=MALY_PHONE)
    assert {one.subject_id for one in told} == {one.pk for one in left_open}


def test_nor_does_who_joins_another_household(left_open, maly, family_of_one, sokha, commune_clerk):
    request = say_yes(ask(sokha, "joins", **joining(maly)), commune_clerk, MALY_PHONE)
    decide(request, commune_clerk)
    assert states(left_open) == {"ended"}


def test_nor_do_the_dead_and_their_phone_is_not_told(rith, maly, maly_at_home, heng, other_clerk):
    asked = [ask(heng, "payee", payee=about(maly)), ask(heng, "birth", **BABY)]
    relations = {rith.spid: "child"}
    died = {"died": "2026-11-20"}
    death = ask(
        maly_at_home, "death", who=about(heng.person), died=died, head=about(maly), relationships=relations
    )
    decide(heard(death), other_clerk)
    assert states(asked) == {"ended"}
    assert {one.events.last().step for one in asked} == {"asker_died"}
    texts = ("change_approve", "change_ended")
    assert not Message.objects.filter(phone=HEAD_PHONE, template__in=texts).exists()


@pytest.mark.parametrize("language", ["km", "en"])
def test_what_would_move_the_dead_ends_and_who_asked_is_told(
    maly, heng, family_of_one, sokha, other_clerk, commune_clerk, language
):
    """Not the reason: the requester sees only whether the person agreed."""
    moved = ask(sokha, "joins", **joining(maly))
    decide(heard(ask(heng, "death", who=about(maly), died={"died": "2026-11-20"})), other_clerk)
    assert states([moved]) == {"ended"}
    assert moved not in changes_to_decide(commune_clerk)
    page = browser(sokha).get(f"/{language}/my/changes/requests/{moved.reference}/").content.decode()
    assert {"km": "មិនអាចធ្វើបានទៀតទេ", "en": "it cannot be done any more"}[language] in page
    assert Message.objects.filter(template="change_ended", subject_id=moved.pk, phone=sokha.phone).exists()


@pytest.mark.parametrize("kind", ["head", "payee"])
@pytest.mark.parametrize("way", ["death", "leaves"])
def test_what_names_a_member_who_is_gone_ends_and_who_asked_is_told(
    maly, maly_at_home, heng, rith, other_clerk, kind, way
):
    relations = {heng.person.spid: "spouse", rith.spid: "child"}
    answers = {"head": {"head": about(maly), "relationships": relations}, "payee": {"payee": about(maly)}}
    named = ask(heng, kind, **answers[kind])
    how = {"death": {"died": {"died": "2026-11-20"}}, "leaves": {"where": ELSEWHERE}}[way]
    decide(heard(ask(maly_at_home if way == "leaves" else heng, way, who=about(maly), **how)), other_clerk)
    assert states([named]) == {"ended"}
    assert named.events.last().step == "member_left"
    assert Message.objects.filter(template="change_ended", subject_id=named.pk, phone=HEAD_PHONE).exists()


def test_a_birth_stays_when_the_mother_has_died(maly, maly_at_home, heng, other_clerk):
    birth = ask(heng, "birth", **{**BABY, "mother": {"mother": maly.spid}})
    decide(heard(ask(heng, "death", who=about(maly), died={"died": "2026-11-20"})), other_clerk)
    assert states([birth]) == {"waiting"}


def test_who_is_named_and_left_is_shown_by_name(maly, maly_at_home, heng, other_clerk):
    named = ask(heng, "payee", payee=about(maly))
    Membership.objects.filter(person=maly, ended_on=None).update(ended_on="2026-11-25")
    pages = {
        other_clerk: f"/en/counter/changes/{named.reference}/",
        heng: f"/en/my/changes/requests/{named.reference}/",
    }
    for user, path in pages.items():
        assert maly.name in browser(user).get(path).content.decode()


def test_others_of_the_household_keep_theirs(left_open, maly, maly_at_home, heng, other_clerk):
    kept = ask(heng, "birth", **BABY)
    decide(ask(maly_at_home, "leaves", who=about(maly), where=ELSEWHERE), other_clerk)
    assert states([kept]) == {"waiting"}


@pytest.mark.parametrize("language", ["km", "en"])
def test_whoever_left_in_any_way_has_nothing_approved(left_open, maly, other_clerk, language):
    Membership.objects.filter(person=maly, ended_on=None).update(ended_on="2026-11-25")
    for request in left_open:
        with translation.override(language), pytest.raises(Outdated, match=LEFT[language]):
            decide(request, other_clerk)
    assert states(left_open) == {"waiting"}


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_end_is_told_in_words(left_open, maly, maly_at_home, other_clerk, language):
    decide(ask(maly_at_home, "leaves", who=about(maly), where=ELSEWHERE), other_clerk)
    words = {"km": "ត្រូវបានបញ្ចប់", "en": "Ended: whoever asked is no member"}[language]
    client = browser(maly_at_home)
    page = client.get(f"/{language}/my/changes/requests/{left_open[0].reference}/").content.decode()
    # What it is, and what happens next, not only among what has happened.
    assert page.count(words) == 2
    assert {"km": "បានបញ្ចប់</span>", "en": "ended</span>"}[language] in " ".join(page.split())


# --- a page from before the agreement


def test_a_page_from_before_the_yes_approves_nothing(
    phoneless, family_of_one, sokha, commune_clerk, district
):
    request = ask(sokha, "joins", **joining(phoneless))
    old = ChangeRequest.objects.get(pk=request.pk)
    agree(request, district)
    with pytest.raises(Overtaken):
        decide(old, commune_clerk)
    assert decide(ChangeRequest.objects.get(pk=request.pk), commune_clerk).state == "applied"


# --- who gets the answers


@pytest.fixture
def secret(maly, heng, other_clerk):
    """Requested at the counter in her name."""
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x"
    )
    return ask(other_clerk, "leaves", assisted_session=assisted_session, who=about(maly), where=ELSEWHERE)


@pytest.mark.parametrize("decision", ["ask_more", "refuse"])
def test_an_answer_goes_to_the_own_number_also_a_typed_one(secret, decision):
    decide(secret, official("clerk.x", "010202"), decision, "x")
    assert Message.objects.get(template=f"change_{decision}").phone == MALY_PHONE
    assert not Message.objects.filter(phone=HEAD_PHONE).exclude(template__startswith="registered").exists()


@pytest.mark.parametrize("decision", ["ask_more", "refuse"])
def test_without_an_own_number_it_goes_to_nobody(phoneless, secret, decision):
    decide(secret, official("clerk.x", "010202"), decision, "x")
    assert not Message.objects.exclude(template__startswith="registered").exists()


def test_without_an_account_any_more_it_does_not_go_to_the_next_holder(maly, maly_at_home, heng, other_clerk):
    request = ask(maly_at_home, "name", who=about(heng.person), name=NAME)
    Person.objects.filter(pk=maly.pk).update(account=None, phone=OWN_SIM, registered_by=other_clerk)
    decide(request, other_clerk, "refuse", "x")
    assert Message.objects.get(template="change_refuse").phone == OWN_SIM


# --- somebody who moved away meanwhile gets no messages


def test_a_birth_says_nothing_of_a_mother_who_lives_elsewhere_meanwhile(
    maly, maly_at_home, heng, family_of_one, sokha, commune_clerk, other_clerk
):
    Person.objects.filter(pk=maly.pk).update(pregnant=True)
    birth = ask(heng, "birth", **BABY | {"mother": {"mother": maly.spid}})
    decide(say_yes(ask(sokha, "joins", **joining(maly)), commune_clerk, MALY_PHONE), commune_clerk)
    decide(birth, other_clerk)
    assert Person.objects.get(pk=maly.pk).pregnant is True

"""Each asker has limits of their own, so that no member blocks the others."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.models import AssistedSession, User
from registry.changes.kinds import KINDS
from registry.changes.limits import A_DAY, NEWCOMERS_AT_ONCE, OPEN_AT_ONCE
from registry.changes.services import withdraw_change
from registry.errors import AlreadyAsked, Outdated
from registry.models import ChangeRequest, Person
from tests.built_once import built_once
from tests.registry.cast import OWN_SIM
from tests.registry.changes.cast import BABY, BORN, NAME, NO_PAPER, about, ask, decide, heard, joining
from tests.registry.changes.hearings.test_heard_first import DIED, PLACE

pytestmark = pytest.mark.django_db
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
STRANGER = {
    "known": {"has_spid": "no"},
    "name": NAME,
    "sex": {"sex": "female"},
    "birth": BORN,
    "relationship": {"relationship": "other_relative"},
    "document": NO_PAPER,
}
CARD = {"document_type": "identity_card", "document_number": "010987321"}
GONE = {"where": {"where": "elsewhere"}}
# Requests from one source: one's own account, or an official in an assisted session.
DOORS = pytest.mark.parametrize("door", ["account", "assisted_session"])


# The other is the head's alone.
HERS = [code for code, kind in KINDS.items() if not kind.by_head_at_counter]


def open_assisted_session(official: User, person: Person) -> AssistedSession:
    return AssistedSession.objects.create(
        official=official, subject_id=person.pk, reason="account", consent_text="x"
    )


def asked_by_maly(maly: Person, heng: User, rith: Person) -> dict[str, dict]:
    """Every kind that a member may ask for, as she would request it."""
    relations = {heng.person.spid: "spouse", rith.spid: "child"}
    return {
        "birth": BABY,
        "joins": STRANGER,
        "marriage": {"who": about(maly), "living": {"living": "elsewhere"}, **GONE},
        "leaves": {"who": about(maly), **GONE},
        "death": {"who": about(rith), "died": DIED},
        "head": {"head": about(maly), "relationships": relations},
        "move": {"place": PLACE},
        "address": {"address": {"address": "ផ្ទះលេខ ៥"}},
        "phone": {"who": about(maly), "phone": {"phone": OWN_SIM}},
        "circumstances": {"who": about(maly), "circumstances": {"pregnant": "yes"}},
        "payee": {"payee": about(maly)},
        "name": {"who": about(maly), "name": NAME},
        "sex": {"who": about(maly), "sex": {"sex": "male"}},
        "birth-date": {"who": about(maly), "birth": {"born": "1991-03-08"}},
        "document": {"who": about(maly), "document": CARD},
    }


@built_once
def all_open_asked_by_heng(heng):
    """As many births as one account may have open."""
    return [ask(heng, "birth", **BABY) for _number in range(OPEN_AT_ONCE)]


@built_once
def newcomers_asked_by_heng(heng):
    """As many people as one account may ask to take in at once."""
    return [ask(heng, "joins", **STRANGER) for _number in range(NEWCOMERS_AT_ONCE)]


@built_once
def refused_all_day(heng, other_clerk):
    """What Heng asked, as often as an account may in a day, and was refused."""
    return [decide(ask(heng, "birth", **BABY), other_clerk, "refuse", "no") for _number in range(A_DAY)]


@pytest.fixture
def at_door(door, maly_at_home, maly, other_clerk):
    """Who requests for Maly, and in which case."""
    if door == "account":
        return maly_at_home, None
    return other_clerk, open_assisted_session(other_clerk, maly)


@DOORS
@pytest.mark.parametrize("kind", HERS)
def test_what_the_head_asks_without_end_stops_nothing_of_hers(
    maly, heng, rith, all_open_asked_by_heng, at_door, kind
):
    assert all(one.is_open for one in all_open_asked_by_heng)
    actor, assisted_session = at_door
    assert (
        ask(actor, kind, assisted_session=assisted_session, **asked_by_maly(maly, heng, rith)[kind]).asked_for
        == maly
    )


@DOORS
@pytest.mark.parametrize("kind", [kind for kind in HERS if not KINDS[kind].at_once])
def test_nor_does_the_same_that_he_asks(maly, heng, rith, at_door, kind):
    answers = asked_by_maly(maly, heng, rith)[kind]
    his = ask(heng, kind, **answers)
    actor, assisted_session = at_door
    hers = ask(actor, kind, assisted_session=assisted_session, **answers)
    assert (hers.is_open, hers.pk == his.pk) == (True, False)


@DOORS
@pytest.mark.parametrize("kind", [kind for kind in HERS if kind not in ("birth", "joins")])
def test_nor_do_those_whom_he_takes_in(maly, heng, rith, newcomers_asked_by_heng, at_door, kind):
    actor, assisted_session = at_door
    assert (
        ask(actor, kind, assisted_session=assisted_session, **asked_by_maly(maly, heng, rith)[kind]).asked_for
        == maly
    )


def test_nor_does_what_an_official_asks_in_an_assisted_session(
    maly, heng, rith, maly_at_home, other_clerk, second_clerk
):
    assisted_session = open_assisted_session(other_clerk, maly)
    for _number in range(OPEN_AT_ONCE):
        ask(other_clerk, "birth", assisted_session=assisted_session, **BABY)
    with pytest.raises(AlreadyAsked):
        ask(other_clerk, "birth", assisted_session=assisted_session, **BABY)
    assert ask(maly_at_home, "leaves", who=about(maly), **GONE)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].at_once])
def test_what_is_done_at_once_waits_for_no_room(maly, heng, rith, maly_at_home, kind):
    """It is never in a queue."""
    for _number in range(OPEN_AT_ONCE):
        ask(maly_at_home, "birth", **BABY)
    done = ask(maly_at_home, kind, **asked_by_maly(maly, heng, rith)[kind])
    assert done.state == ChangeRequest.State.APPLIED


def test_who_sees_their_address_changed_three_times_may_still_change_it(maly, heng, rith, maly_at_home):
    for number in range(3):
        ask(heng, "address", address={"address": f"ផ្ទះ {number}"})
    done = ask(maly_at_home, "address", address={"address": "ផ្ទះលេខ ៥"})
    assert done.state == ChangeRequest.State.APPLIED


# --- the limits of each requester


@LANGUAGES
def test_who_has_taken_one_back_has_room_again(maly, heng, newcomers_asked_by_heng, language):
    """As the refusal says."""
    words = {"km": "ដកសំណើ", "en": "take one back first"}[language]
    with translation.override(language), pytest.raises(AlreadyAsked, match=words):
        ask(heng, "joins", **STRANGER)
    withdraw_change(request=newcomers_asked_by_heng[0], actor=heng, assisted_session=None)
    assert ask(heng, "joins", **STRANGER).is_open


@LANGUAGES
def test_refused_ones_make_no_room_for_as_many_on_the_same_day(heng, refused_all_day, language):
    assert not any(one.is_open for one in refused_all_day)
    words = {"km": "ថ្ងៃស្អែក", "en": "tomorrow"}[language]
    with translation.override(language), pytest.raises(AlreadyAsked, match=words):
        ask(heng, "birth", **BABY)


def test_the_next_day_there_is_room_again(heng, refused_all_day):
    ChangeRequest.objects.update(asked_at=timezone.now() - timedelta(days=1, minutes=1))
    assert ask(heng, "birth", **BABY).is_open


def test_a_marriage_elsewhere_takes_nobody_in(maly, heng, newcomers_asked_by_heng):
    # Also when "lives here" was answered first.
    answers = {"who": about(maly), "living": {"living": "elsewhere"}, **GONE, **STRANGER}
    assert ask(heng, "marriage", **answers).is_open


def test_a_marriage_here_does(maly, heng, newcomers_asked_by_heng, family_of_one, sokha):
    with pytest.raises(AlreadyAsked):
        ask(heng, "marriage", who=about(maly), living={"living": "here"}, **joining(sokha.person))


# --- of two requests for the same, the first to be applied counts


def test_what_was_decided_the_other_way_meanwhile_is_asked_anew(maly, heng, rith, maly_at_home, district):
    answers = asked_by_maly(maly, heng, rith)["head"]
    his, hers = ask(heng, "head", **answers), ask(maly_at_home, "head", **answers)
    decide(heard(hers), district)
    with pytest.raises(Outdated):
        decide(heard(his), district)

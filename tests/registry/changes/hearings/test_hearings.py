"""Everybody concerned by a change of the household has their own time to answer."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.models import User
from dsp_platform.notifications.models import Message
from registry.changes.hearings.selectors import ANSWER_TIME, hearing_of
from registry.changes.hearings.services import answer_household_change
from registry.changes.selectors import changes_to_decide, is_objected
from registry.changes.services import withdraw_change
from registry.errors import ChangeError
from registry.models import ChangeRequest, Household, KeySetup, Membership, Person
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, OWN_SIM, official
from tests.registry.changes.cast import about, ask, decide, heard
from tests.registry.changes.hearings.test_heard_first import DIED, PLACE, for_, told
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

RITH_PHONE = "+85516999777"
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])


@pytest.fixture
def clerk(areas):
    return official("clerk.decides", "010202")


@pytest.fixture
def brother(rith):
    """An adult with an account of his own."""
    account = User.objects.create_citizen(phone=RITH_PHONE)
    Person.objects.filter(pk=rith.pk).update(date_of_birth=date(1999, 1, 1), account=account)
    rith.refresh_from_db()
    return rith


@pytest.fixture
def paid(maly):
    """Maly is the present payee of her household."""
    Household.objects.filter(memberships__person=maly).update(payee=maly)
    return maly


def answer(request: ChangeRequest, actor: User, *, agrees: bool, note: str = "") -> None:
    answer_household_change(request=request, agrees=agrees, note=note, actor=actor)
    request.refresh_from_db()


def waits(request: ChangeRequest, actor: User) -> bool:
    """Whether nobody may approve it at this moment."""
    with pytest.raises(ChangeError, match="until"), translation.override("en"):
        decide(request, actor)
    return ChangeRequest.objects.get(pk=request.pk).state == "waiting"


def death_of_head(maly: Person, heng: User, rith: Person) -> ChangeRequest:
    return ask(
        maly.account, "death", who=about(heng.person), died=DIED,
        head=about(maly), relationships={rith.spid: "child"},
    )  # fmt: skip


# --- an objection counts only for the one who objects


def test_an_accomplice_who_objects_does_not_silence_the_payee_of_before(
    paid, heng, brother, maly_at_home, district
):
    request = ask(heng, "payee", payee=about(brother))
    answer(request, brother.account, agrees=False)
    assert waits(request, district)
    assert decide(heard(request), district).state == "applied"


def test_nor_does_who_objects_to_what_was_asked_in_their_own_name(paid, heng, other_clerk, district):
    request = ask(
        other_clerk, "payee", assisted_session=for_(other_clerk, heng.person), payee=about(heng.person)
    )
    answer(request, heng, agrees=False)
    assert waits(request, district)


def test_nor_does_it_silence_the_commune_that_is_left(heng, maly_at_home):
    far = official("clerk.far", "0201")
    request = ask(heng, "move", place={"village_code": "02010101", "address": "x 1"})
    answer(request, maly_at_home, agrees=False)
    assert waits(request, far)


def test_the_commune_that_is_left_need_not_be_waited_for_once_it_objected(
    heng, maly_at_home, other_clerk, commune_clerk
):
    request = ask(heng, "move", place=PLACE)
    answer(request, maly_at_home, agrees=True)
    answer(request, other_clerk, agrees=False, note="They live here")
    assert hearing_of(request).until is None


def test_when_all_have_answered_the_district_decides_at_once(paid, heng, maly_at_home, district):
    request = ask(heng, "payee", payee=about(heng.person))
    answer(request, maly_at_home, agrees=False)
    assert decide(request, district).state == "applied"


def test_what_a_young_account_objects_ends_no_hearing(maly, heng, other_clerk, district):
    account = User.objects.create_citizen(phone=OWN_SIM)
    Person.objects.filter(pk=maly.pk).update(account=account)
    KeySetup.objects.create(person=maly, official=other_clerk, kind=KeySetup.Kind.ACCOUNT)
    request = ask(heng, "payee", payee=about(maly))
    answer(request, account, agrees=False)
    assert waits(request, district)


# --- an objection to an earlier request


@pytest.fixture
def objected(maly_at_home, heng, rith):
    """Maly reported that the child died; the head objected; she withdrew it."""
    request = ask(maly_at_home, "death", who=about(rith), died=DIED)
    answer(request, heng, agrees=False, note="he lives")
    withdraw_change(request=request, actor=maly_at_home, assisted_session=None)
    return request


def test_an_objection_says_nothing_of_a_request_about_somebody_else(
    objected, maly, heng, rith, district, clerk, steward
):
    request = death_of_head(maly, heng, rith)
    assert waits(request, district)
    assert not is_objected(request)
    assert request not in changes_to_decide(steward)
    assert decide(heard(request), clerk).state == "applied"


def test_nor_does_ones_own_objection_to_what_was_asked_in_ones_name(
    maly, maly_at_home, rith, heng, other_clerk, steward
):
    first = ask(other_clerk, "death", assisted_session=for_(other_clerk, maly), who=about(rith), died=DIED)
    answer(first, maly_at_home, agrees=False)
    withdraw_change(request=first, actor=maly_at_home, assisted_session=None)
    again = ask(maly_at_home, "death", who=about(rith), died=DIED)
    assert not is_objected(again)
    assert again not in changes_to_decide(steward)
    assert waits(again, official("district.two", "0102"))


@LANGUAGES
def test_the_same_asked_anew_is_heard_and_left_to_the_district(
    objected, maly_at_home, rith, heng, district, clerk, steward, language
):
    again = ask(maly_at_home, "death", who=about(rith), died=DIED)
    assert waits(again, district)
    heard(again)
    with translation.override(language), pytest.raises(ChangeError, match=objected.reference):
        decide(again, clerk)
    assert again in changes_to_decide(steward)
    assert decide(again, district).state == "applied"


@pytest.mark.parametrize(("decision", "state"), [("refuse", "refused"), ("ask_more", "more_asked")])
def test_what_was_objected_to_only_before_the_commune_may_refuse(
    objected, maly_at_home, rith, clerk, decision, state
):
    again = ask(maly_at_home, "death", who=about(rith), died=DIED)
    assert decide(again, clerk, decision, "x").state == state


@LANGUAGES
def test_who_decides_reads_both_until_when_and_which_was_objected_to(
    objected, maly_at_home, rith, district, language
):
    again = ask(maly_at_home, "death", who=about(rith), died=DIED)
    page = browser(district).get(f"/{language}/counter/changes/{again.reference}/").content.decode()
    assert objected.reference in page
    assert {"en": "can answer until", "km": "អាចឆ្លើយរហូតដល់"}[language] in page
    assert {"en": "Read what they wrote", "km": "សូមអានអ្វីដែលគាត់បានសរសេរ"}[language] not in page


@LANGUAGES
def test_an_objection_to_this_one_hides_not_until_when_others_answer(
    paid, heng, brother, maly_at_home, district, language
):
    request = ask(heng, "payee", payee=about(brother))
    answer(request, brother.account, agrees=False, note="He beats me")
    page = browser(district).get(f"/{language}/counter/changes/{request.reference}/").content.decode()
    assert {"en": "Read what they wrote", "km": "សូមអានអ្វីដែលគាត់បានសរសេរ"}[language] in page
    assert {"en": "can answer until", "km": "អាចឆ្លើយរហូតដល់"}[language] in page


# --- requested by an account that an official set up


def test_whose_young_account_asks_is_told_at_other_numbers_and_heard(paid, maly, heng, other_clerk, clerk):
    account = User.objects.create_citizen(phone=OWN_SIM)
    Person.objects.filter(pk=maly.pk).update(account=account, registered_by=other_clerk)
    KeySetup.objects.create(person=maly, official=other_clerk, kind=KeySetup.Kind.ACCOUNT)
    request = ask(account, "payee", payee=about(heng.person))
    assert told(request) == {HEAD_PHONE, MALY_PHONE}
    answer(request, heng, agrees=True)
    assert waits(request, clerk)


# --- people concerned only since the request


def move_in(person: Person, home: Household) -> None:
    Membership.objects.filter(person=person).update(ended_on=timezone.localdate())
    Membership.objects.create(
        household=home, person=person, relationship="other_relative", started_on=timezone.localdate()
    )


@pytest.fixture
def late(maly, maly_at_home, family_of_one, sokha):
    """Maly moved in days after the household had asked to move."""
    request = heard(ask(sokha, "move", place={"village_code": "01020201", "address": "x 1"}))
    move_in(maly, family_of_one)
    return request


def test_who_moved_in_meanwhile_is_told_before_it_is_approved_and_heard_from_then(late, clerk, time_machine):
    assert MALY_PHONE not in told(late)
    assert waits(late, clerk)
    assert MALY_PHONE in told(late)
    late.refresh_from_db()
    time_machine.move_to(timezone.now() + ANSWER_TIME - timedelta(minutes=1))
    assert waits(late, clerk)
    assert Message.objects.filter(template="household_asked", phone=MALY_PHONE).count() == 1
    time_machine.shift(timedelta(minutes=2))
    assert decide(late, clerk).state == "applied"


def test_nor_does_a_number_that_was_told_before_make_who_moved_in_told(
    maly, family_of_one, sokha, commune_clerk, clerk
):
    """An official may have entered another person's number beside it."""
    assisted_session = for_(official("clerk.first", "010202"), maly)
    ask(
        assisted_session.official,
        "phone",
        assisted_session=assisted_session,
        who=about(maly),
        phone={"phone": sokha.phone},
    )
    request = ask(
        commune_clerk, "move", assisted_session=for_(commune_clerk, sokha.person),
        place={"village_code": "01020201", "address": "x 1"},
    )  # fmt: skip
    assert sokha.phone in told(heard(request))
    move_in(maly, family_of_one)
    assert maly in hearing_of(request).not_informed
    assert waits(request, clerk)
    assert MALY_PHONE in told(request)


def test_a_new_head_is_told_of_what_was_asked_before(maly, maly_at_home, heng, brother, clerk, district):
    request = ask(heng, "payee", payee=about(brother))
    relations = {heng.person.spid: "spouse", brother.spid: "other_relative"}
    decide(heard(ask(heng, "head", head=about(maly), relationships=relations)), district)
    assert waits(heard(request), clerk)
    assert MALY_PHONE in told(request)


@LANGUAGES
def test_of_who_has_a_phone_nobody_reads_that_they_have_none(late, maly, clerk, language):
    page = browser(clerk).get(f"/{language}/counter/changes/{late.reference}/").content.decode()
    assert str(maly.given_name) in page
    words = {"en": "gets a text message when you approve", "km": "ទទួលសារទូរសព្ទ ពេលអ្នកអនុម័ត"}[language]
    assert words in page


# --- who cannot be informed


@pytest.fixture
def grandmother(rith):
    """An adult without a phone."""
    Person.objects.filter(pk=rith.pk).update(date_of_birth=date(1950, 1, 1))
    rith.refresh_from_db()
    return rith


def test_who_could_not_be_told_is_waited_for_too(grandmother, heng, maly_at_home, clerk):
    request = ask(maly_at_home, "payee", payee=about(grandmother))
    answer(request, heng, agrees=True)
    assert hearing_of(request).not_informed == [grandmother]
    assert waits(request, clerk)
    assert decide(heard(request), clerk).state == "applied"


def test_of_a_death_the_head_and_every_grown_member_are_told_and_heard(
    grandmother, heng, maly_at_home, maly, clerk, family_of_one
):
    request = ask(maly_at_home, "death", who=about(grandmother), died=DIED)
    assert told(request) == {HEAD_PHONE}
    assert waits(request, clerk)
    other = ask(heng, "death", who=about(maly), died=DIED)
    Person.objects.filter(pk=grandmother.pk).update(phone=RITH_PHONE, registered_by=clerk)
    withdraw_change(request=other, actor=heng, assisted_session=None)
    assert told(ask(heng, "death", who=about(maly), died=DIED)) == {MALY_PHONE, RITH_PHONE}

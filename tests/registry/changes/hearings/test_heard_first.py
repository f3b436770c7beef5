"""Changing a number first, asking twice, or kinship with those concerned does not circumvent the hearing."""

import html
from datetime import date, timedelta

import pgtrigger
import pytest
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.casework.errors import InConflict
from dsp_platform.notifications.models import Message
from registry.changes.hearings.selectors import hearing_of
from registry.changes.hearings.services import answer_household_change
from registry.changes.services import withdraw_change
from registry.changes.workflow import STEPS
from registry.errors import ChangeError
from registry.models import ChangeRequest, Household, KeySetup, Membership, Person
from registry.persons.conflicts import WORDS
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, OWN_SIM, official
from tests.registry.changes.cast import BABY, about, ask, decide, heard
from tests.roles import as_owner
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

PLACE = {"village_code": "01020101", "address": "ផ្ទះលេខ ១"}
DISAGREES = "Somebody whom it concerns does not agree, so the district decides. Read what they wrote."
DIED = {"died": "2026-11-20"}


def told(request: ChangeRequest) -> set[str]:
    rows = Message.objects.filter(template="household_asked", subject_id=request.pk)
    return set(rows.values_list("phone", flat=True))


def for_(official: User, person: Person) -> AssistedSession:
    return AssistedSession.objects.create(
        official=official, subject_id=person.pk, reason="account", consent_text="x"
    )


def put_number(official: User, person: Person, phone: str) -> None:
    ask(official, "phone", assisted_session=for_(official, person), who=about(person), phone={"phone": phone})


def ask_about(kind: str, heng: User, maly: Person) -> ChangeRequest:
    child = Person.objects.get(given_name="រិទ្ធ")
    relations = {heng.person.spid: "spouse", child.spid: "child"}
    answers = {
        "payee": {"payee": about(maly)},
        "head": {"head": about(maly), "relationships": relations},
        "death": {"who": about(maly), "died": DIED},
    }
    return ask(heng, kind, **answers[kind])


# --- an official changed the number first


@pytest.mark.parametrize("kind", ["payee", "head", "death"])
def test_whose_number_an_official_changed_first_is_told_at_the_old_one(
    maly, heng, other_clerk, second_clerk, kind
):
    put_number(other_clerk, maly, HEAD_PHONE)
    request = ask_about(kind, heng, maly)
    assert told(request) == {MALY_PHONE}
    assert hearing_of(request).until is not None


def test_nor_does_a_number_put_beside_the_account_of_who_asks_silence_another(maly, heng, other_clerk):
    Person.objects.filter(pk=maly.pk).update(registered_by=other_clerk)
    put_number(other_clerk, heng.person, MALY_PHONE)
    assert told(ask_about("payee", heng, maly)) == {MALY_PHONE}


def test_who_has_only_the_number_of_who_asks_is_waited_for_and_named(maly, heng, other_clerk, district):
    Person.objects.filter(pk=maly.pk).update(registered_by=other_clerk, phone=HEAD_PHONE)
    request = ask_about("payee", heng, maly)
    assert told(request) == set()
    assert hearing_of(request).not_informed == [maly]
    with pytest.raises(ChangeError):
        decide(request, district)
    assert decide(heard(request), district).state == "applied"


# --- officials related to those concerned


def near(official: User, person: Person, how: str) -> None:
    """By what they did, or by whom they lived with."""
    if how == "set_up":
        KeySetup.objects.create(person=person, official=official, kind=KeySetup.Kind.ACCOUNT)
        return
    own = Household.objects.get(memberships__person__account__phone="+85512345678")
    official.spid = own.memberships.get(relationship="head").person.spid
    official.save(update_fields=["spid"])
    Membership.objects.create(
        household=own, person=person, relationship="other_relative",
        started_on=date(2020, 1, 1), ended_on=date(2024, 1, 1),
    )  # fmt: skip


@pytest.mark.parametrize("how", ["set_up", "kin"])
@pytest.mark.parametrize("kind", ["payee", "head", "death"])
@pytest.mark.parametrize("language", ["km", "en"])
def test_who_is_near_whom_it_concerns_decides_nothing(
    maly, heng, maly_at_home, family_of_one, other_clerk, second_clerk, kind, how, language
):
    near(other_clerk, maly, how)
    request = heard(ask_about(kind, heng, maly))
    with translation.override(language), pytest.raises(InConflict) as refused:
        decide(request, other_clerk)
    page = browser(other_clerk).get(f"/{language}/counter/changes/{request.reference}/").content.decode()
    with translation.override(language):
        assert str(refused.value) == str(WORDS[how])
        assert str(WORDS[how]) in html.unescape(page)
    assert 'name="decision"' not in page


def test_nor_does_who_is_near_a_member_decide_of_a_move(maly, heng, commune_clerk, maly_at_home):
    near(commune_clerk, maly, "set_up")
    request = heard(ask(heng, "move", place=PLACE))
    with pytest.raises(InConflict):
        decide(request, commune_clerk)


def test_nor_answer_for_the_commune_that_is_left(maly, heng, other_clerk, maly_at_home):
    near(other_clerk, maly, "set_up")
    with pytest.raises(InConflict):
        answer_household_change(
            request=ask(heng, "move", place=PLACE), agrees=True, note="", actor=other_clerk
        )


def test_nor_does_who_is_near_the_mother_decide_of_a_birth(maly, heng, other_clerk):
    near(other_clerk, maly, "set_up")
    request = ask(heng, "birth", **{**BABY, "mother": {"mother": maly.spid}})
    with pytest.raises(InConflict):
        decide(request, other_clerk)


# --- who may read what the household answered


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("how", ["entered", "set_up"])
def test_what_was_objected_is_read_only_by_who_may_decide(maly, heng, other_clerk, district, how, language):
    if how == "entered":
        request = ask(other_clerk, "payee", assisted_session=for_(other_clerk, maly), payee=about(maly))
    else:
        near(other_clerk, maly, how)
        request = ask(district, "payee", assisted_session=for_(district, maly), payee=about(maly))
    reader = official("district.reads", "0102")
    answer_household_change(request=request, agrees=False, note="He beats me", actor=heng)
    path = f"/{language}/counter/changes/{request.reference}/"
    for state in ("waiting", "refused"):
        ChangeRequest.objects.filter(pk=request.pk).update(state=state)
        assert "He beats me" in browser(reader).get(path).content.decode()
        shown = browser(other_clerk).get(path).content.decode()
        assert request.reference in shown
        assert "He beats me" not in shown
        with translation.override(language):
            for words in (str(STEPS["object"].title), gettext(DISAGREES)):
                assert words not in html.unescape(shown)


# --- requested twice within a day


def test_the_second_death_within_a_day_is_told_to_whom_it_names(maly, rith, heng, maly_at_home):
    ask(heng, "death", who=about(rith), died=DIED)
    assert told(ask(heng, "death", who=about(maly), died=DIED)) == {MALY_PHONE}


def test_who_is_named_after_another_request_was_taken_back_is_told(maly, heng, maly_at_home):
    withdraw_change(request=ask(heng, "payee", payee=about(heng.person)), actor=heng, assisted_session=None)
    assert told(ask(heng, "payee", payee=about(maly))) == {MALY_PHONE}


def test_so_is_whoever_was_told_of_the_same_that_was_taken_back(maly, heng, maly_at_home):
    withdraw_change(request=ask(heng, "payee", payee=about(maly)), actor=heng, assisted_session=None)
    assert told(ask(heng, "payee", payee=about(maly))) == {MALY_PHONE}


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_took_it_back_three_times_today_asks_again_tomorrow(
    maly, heng, maly_at_home, language, time_machine
):
    for _time in range(3):
        withdraw_change(request=ask(heng, "payee", payee=about(maly)), actor=heng, assisted_session=None)
    words = {"en": "Ask again tomorrow", "km": "ថ្ងៃស្អែក"}[language]
    with translation.override(language), pytest.raises(ChangeError, match=words):
        ask(heng, "payee", payee=about(maly))
    assert ask(maly_at_home, "payee", payee=about(maly)).is_open  # this does not block another member
    time_machine.move_to(timezone.now() + timedelta(days=1, hours=1))
    ChangeRequest.objects.update(state="withdrawn")
    assert ask(heng, "payee", payee=about(maly)).is_open


def test_whom_no_text_reached_when_it_was_asked_is_named_to_who_decides(maly, phoneless, heng):
    request = ask_about("payee", heng, phoneless)
    Person.objects.filter(pk=phoneless.pk).update(phone=MALY_PHONE, registered_by=None)
    assert hearing_of(ChangeRequest.objects.get(pk=request.pk)).not_informed == [phoneless]


# --- whose agreement counts


def test_what_a_young_account_agrees_ends_no_hearing(maly, heng, other_clerk, district):
    request = ask(district, "payee", assisted_session=for_(district, heng.person), payee=about(maly))
    maly.account = User.objects.create_citizen(phone=OWN_SIM)
    maly.save(update_fields=["account"])
    KeySetup.objects.create(person=maly, official=other_clerk, kind=KeySetup.Kind.ACCOUNT)
    for actor in (heng, maly.account):
        answer_household_change(request=request, agrees=True, note="", actor=actor)
    assert hearing_of(request).until is not None


@pytest.mark.parametrize("agrees", [True, False])
def test_what_the_former_holder_of_an_account_said_is_not_the_next_ones(
    maly, rith, heng, other_clerk, agrees
):
    request = ask(other_clerk, "move", assisted_session=for_(other_clerk, rith), place=PLACE)
    answer_household_change(request=request, agrees=agrees, note="", actor=heng)
    hand_over(heng, maly)
    assert hearing_of(request).until is not None
    page = browser(heng).get(f"/en/my/household-changes/{request.reference}/").content.decode()
    assert 'name="answer"' in page
    answer_household_change(request=request, agrees=True, note="", actor=heng)
    assert request.events.filter(step="agree").count() == 1 + agrees


def hand_over(account: User, person: Person) -> None:
    """Of a number that has been on this person's record too: the account acts for them at once."""
    before = account.person
    before.account = None
    before.save(update_fields=["account"])
    Person.objects.filter(pk=person.pk).update(phone=account.phone, account=account)
    events = Person.events.rel.related_model.objects.filter(pgh_obj=person)
    with as_owner(), pgtrigger.ignore():
        events.update(phone=account.phone)
        events.exclude(account=account).update(pgh_created_at=timezone.now() - timedelta(days=60))
        events.filter(account=account).update(pgh_created_at=timezone.now())


# --- what the former commune may still read


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_new_address_is_not_read_in_the_old_commune_once_it_is_decided(maly, heng, other_clerk, language):
    request = ask(heng, "move", place=PLACE)
    client, path = browser(other_clerk), f"/{language}/counter/household-changes/{request.reference}/"
    assert PLACE["address"] in client.get(path).content.decode()
    ChangeRequest.objects.filter(pk=request.pk).update(state="refused")
    assert PLACE["address"] not in client.get(path).content.decode()
    sent = client.post(path, {"answer": "no", "note": "They live here"})
    assert PLACE["address"] not in sent.content.decode()


def test_what_was_written_cannot_be_read_in_the_database(maly, heng, district):
    request = ask(district, "payee", assisted_session=for_(district, maly), payee=about(maly))
    answer_household_change(request=request, agrees=False, note="He beats me", actor=heng)
    with connection.cursor() as cursor:
        cursor.execute("SELECT event::text FROM registry_changeevent event")
        assert not [row for (row,) in cursor.fetchall() if "beats" in row or b"beats".hex() in row]
    assert request.events.get(step="object").note == "He beats me"

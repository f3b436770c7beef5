"""Those whom a change of the whole household concerns are informed and heard before it is decided."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import NoteMissing, Overtaken
from dsp_platform.notifications.models import Message
from registry.changes.context import nobody
from registry.changes.hearings.services import answer_household_change
from registry.changes.kinds import KINDS, codes_of
from registry.changes.selectors import changes_to_decide, is_objected
from registry.changes.services import withdraw_change
from registry.errors import ChangeError
from registry.models import ChangeRequest, Household, Person
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, official
from tests.registry.changes.cast import about, ask, decide, heard
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

PLACE = {"village_code": "01020101", "address": "ផ្ទះលេខ ១"}


@pytest.fixture
def payee(maly, other_clerk):
    """Requested by the official of their commune in Maly's name: she is to become the payee."""
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x"
    )
    return ask(other_clerk, "payee", assisted_session=assisted_session, payee=about(maly))


@pytest.fixture
def move(heng):
    """Requested by the head, to the other commune."""
    return ask(heng, "move", place=PLACE)


def told(template: str = "household_asked") -> set[str]:
    return set(Message.objects.filter(template=template).values_list("phone", flat=True))


def answer(request: ChangeRequest, actor: User, *, agrees: bool, note: str = "") -> ChangeRequest:
    return answer_household_change(request=request, agrees=agrees, note=note, actor=actor)


def test_every_kind_about_no_single_person_says_whom_it_touches():
    silent = {kind.code for kind in KINDS.values() if kind.whom is nobody and kind.concerns is None}
    assert silent == {"birth", "joins"}  # about a newcomer, who must agree


def test_those_that_wait_and_touch_others_stand_on_their_page():
    assert set(codes_of(lambda kind: kind.is_heard)) == {
        "death",
        "head",
        "take-back",
        "move",
        "payee",
        "birth-date",
    }


def test_the_head_is_told_when_somebody_else_is_to_receive_the_money(payee):
    assert told() == {HEAD_PHONE, MALY_PHONE}


def test_it_is_not_decided_before_they_could_answer(payee, district):
    with pytest.raises(ChangeError):
        decide(payee, district)
    assert ChangeRequest.objects.get(pk=payee.pk).state == "waiting"


def test_after_three_days_it_is_decided(payee, district):
    assert decide(heard(payee), district).state == "applied"


def test_whoever_agrees_need_not_be_waited_for(payee, heng, maly_at_home, district):
    answer(payee, heng, agrees=True)
    answer(payee, maly_at_home, agrees=True)
    assert decide(payee, district).state == "applied"


def test_an_objection_leaves_it_to_the_district(payee, heng, second_clerk, district):
    answer(payee, heng, agrees=False, note="ខ្ញុំមិនដឹង")
    clerk = User.objects.create_staff(
        username="clerk.three", password="only-for-tests-9182", role="official", area_code="010202"
    )
    with pytest.raises(ChangeError):
        decide(heard(payee), clerk)
    assert decide(payee, district).state == "applied"


def test_it_stands_on_the_page_of_whom_it_touches(payee, heng):
    client = browser(heng)
    for page in ("/en/", "/en/my/"):
        assert payee.reference in client.get(page).content.decode()
    shown = client.get(f"/en/my/household-changes/{payee.reference}/").content.decode()
    assert "Another person receives the money" in shown


@pytest.mark.parametrize("language", ["km", "en"])
def test_to_disagree_on_the_page_is_kept(payee, heng, language):
    client = browser(heng)
    sent = client.post(
        f"/{language}/my/household-changes/{payee.reference}/", {"answer": "no", "note": "x"}, follow=True
    )
    assert sent.status_code == 200
    assert payee.events.filter(step="object", actor=heng).exists()


def test_a_stranger_reads_and_answers_nothing(payee, sokha, family_of_one):
    path = f"/en/my/household-changes/{payee.reference}/"
    assert browser(sokha).get(path).status_code == 404
    with pytest.raises(PermissionDenied):
        answer(payee, sokha, agrees=False)


def test_what_was_decided_meanwhile_is_said(payee, heng, district):
    decide(heard(payee), district)
    with pytest.raises(Overtaken):
        answer(payee, heng, agrees=False)


def test_the_deposed_head_is_told(maly, maly_at_home, heng):
    child = Person.objects.get(given_name="រិទ្ធ")
    relations = {heng.person.spid: "spouse", child.spid: "child"}
    ask(maly_at_home, "head", head=about(maly), relationships=relations)
    assert told() == {HEAD_PHONE}


def test_every_grown_member_is_told_of_a_move(maly_at_home, move):
    assert told() == {MALY_PHONE}


def test_a_number_that_only_a_citizen_typed_gets_no_text_from_what_a_citizen_asks(move):
    assert told() == set()


def test_who_shares_the_phone_of_the_head_is_not_waited_for(maly, heng, commune_clerk):
    Person.objects.filter(pk=maly.pk).update(phone=HEAD_PHONE)
    ask(heng, "move", place=PLACE)
    assert told() == set()


def test_the_commune_that_is_left_sees_the_move_and_may_object(
    move, maly_at_home, other_clerk, commune_clerk
):
    answer(move, maly_at_home, agrees=True)
    with pytest.raises(ChangeError):
        decide(move, commune_clerk)
    client = browser(other_clerk)
    assert move.reference in client.get("/en/counter/changes/").content.decode()
    path = f"/en/counter/household-changes/{move.reference}/"
    client.post(path, {"answer": "no", "note": "They live here"})
    with pytest.raises(ChangeError):
        decide(heard(move), commune_clerk)
    assert Household.objects.get(pk=move.household_id).village_id == "01020201"


def test_an_official_objects_with_a_note_only(move, other_clerk):
    with pytest.raises(NoteMissing):
        answer(move, other_clerk, agrees=False)
    path = f"/en/counter/household-changes/{move.reference}/"
    browser(other_clerk).post(path, {"answer": "no", "note": ""})
    refused = AuditEvent.objects.get(action="step_refused")
    assert (refused.actor, refused.reason) == (other_clerk, "NoteMissing")
    assert (refused.subject_kind, refused.subject_id) == ("changerequest", move.pk)


def test_the_commune_that_takes_in_does_not_answer_for_the_other(move, commune_clerk):
    path = f"/en/counter/household-changes/{move.reference}/"
    assert browser(commune_clerk).get(path).status_code == 404
    with pytest.raises(PermissionDenied):
        answer(move, commune_clerk, agrees=True)


def test_the_old_commune_need_not_be_waited_for_once_it_agrees(
    move, maly_at_home, other_clerk, commune_clerk
):
    answer(move, maly_at_home, agrees=True)
    answer(move, other_clerk, agrees=True)
    assert decide(move, commune_clerk).state == "applied"


def test_another_house_in_the_village_is_told_when_it_holds(maly, maly_at_home):
    ask(maly_at_home, "address", address={"address": "ផ្ទះលេខ ៩"})
    assert told("details_changed") == {HEAD_PHONE}


# --- variations


def test_what_they_answered_is_never_shown_to_whoever_asked(maly_at_home, move, heng, areas):
    answer(move, maly_at_home, agrees=False, note="He beats me")
    shown = browser(heng).get(f"/en/my/changes/requests/{move.reference}/").content.decode()
    assert move.reference in shown
    assert "He beats me" not in shown
    assert "does not agree" not in shown
    decides = browser(official("district.reads", "0102")).get(f"/en/counter/changes/{move.reference}/")
    assert "He beats me" in decides.content.decode()


def test_an_objection_outlives_a_request_that_is_asked_again(payee, maly, heng, other_clerk, district):
    answer(payee, heng, agrees=False)
    assisted_session = AssistedSession.objects.get(official=other_clerk)
    withdraw_change(request=payee, actor=other_clerk, assisted_session=assisted_session)
    again = heard(ask(other_clerk, "payee", assisted_session=assisted_session, payee=about(maly)))
    assert Message.objects.filter(template="household_asked", phone=HEAD_PHONE).count() == 2
    clerk = User.objects.create_staff(
        username="clerk.three", password="only-for-tests-9182", role="official", area_code="010202"
    )
    with pytest.raises(ChangeError):
        decide(again, clerk)


def test_who_is_said_to_be_dead_is_told_and_heard(maly, maly_at_home, heng, district):
    child = Person.objects.get(given_name="រិទ្ធ")
    request = ask(
        maly_at_home, "death", who=about(heng.person), died={"died": "2026-11-20"},
        head=about(maly), relationships={child.spid: "child"},
    )  # fmt: skip
    assert told() == {HEAD_PHONE}
    with pytest.raises(ChangeError):
        decide(request, district)
    assert request.reference in browser(heng).get("/en/my/").content.decode()


def test_in_whose_name_an_official_asks_is_told_too(maly, heng, other_clerk):
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=heng.person.pk, reason="account", consent_text="x"
    )
    request = ask(other_clerk, "payee", assisted_session=assisted_session, payee=about(maly))
    assert told() == {HEAD_PHONE, MALY_PHONE}
    assert request.reference in browser(heng).get("/en/my/").content.decode()


def test_each_of_those_who_share_a_number_is_waited_for(maly, heng, other_clerk, district):
    Person.objects.filter(pk=maly.pk).update(phone=HEAD_PHONE)
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="account", consent_text="x"
    )
    request = ask(other_clerk, "payee", assisted_session=assisted_session, payee=about(maly))
    answer(request, heng, agrees=True)
    with pytest.raises(ChangeError):
        decide(request, district)


def test_who_could_not_be_told_is_named_to_who_decides(phoneless, heng, district):
    request = ask(heng, "payee", payee=about(phoneless))
    shown = browser(district).get(f"/en/counter/changes/{request.reference}/").content.decode()
    assert "These were not told" in shown


def test_stewards_decide_where_no_district_has_an_official(maly_at_home, move, steward):
    answer(move, maly_at_home, agrees=False)
    assert decide(heard(move), steward).state == "applied"


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_agreed_may_still_disagree_until_it_is_decided(payee, heng, maly_at_home, district, language):
    for actor in (heng, maly_at_home):
        answer(payee, actor, agrees=True)
    client = browser(heng)
    assert payee.reference in client.get(f"/{language}/my/").content.decode()
    path = f"/{language}/my/household-changes/{payee.reference}/"
    assert client.post(path, {"answer": "no", "note": "x"}).status_code == 302
    clerk = User.objects.create_staff(
        username="clerk.three", password="only-for-tests-9182", role="official", area_code="010202"
    )
    with pytest.raises(ChangeError):
        decide(payee, clerk)
    assert 'name="answer"' not in client.get(path).content.decode()  # and that remains
    with pytest.raises(Overtaken):
        answer(payee, heng, agrees=True)
    said = client.post(path, {"answer": "yes", "note": "After all"}).content.decode()
    assert ("You answered before" if language == "en" else "អ្នកបានឆ្លើយរួចហើយ") in said
    assert "After all" in said
    client.post(path, {"answer": "no", "note": "x"}, follow=True)  # sent twice
    assert payee.events.filter(step="object").count() == 1
    assert is_objected(payee)
    payee.refresh_from_db()
    assert decide(payee, district).state == "applied"


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_page_from_before_an_objection_decides_nothing(payee, heng, maly_at_home, district, language):
    for actor in (heng, maly_at_home):
        answer(payee, actor, agrees=True)
    old = ChangeRequest.objects.get(pk=payee.pk).version
    answer(payee, heng, agrees=False, note="He beats me")
    client = browser(district)
    path = f"/{language}/counter/changes/{payee.reference}/"
    sent = client.post(path, {"decision": "approve", "version": old}, follow=True)
    assert "He beats me" in sent.content.decode()
    assert ChangeRequest.objects.get(pk=payee.pk).state == "waiting"


def test_an_official_who_agreed_may_object_too(move, maly_at_home, other_clerk, commune_clerk):
    for actor in (maly_at_home, other_clerk):
        answer(move, actor, agrees=True)
    answer(move, other_clerk, agrees=False, note="They live here")
    move.refresh_from_db()
    with pytest.raises(ChangeError):
        decide(move, commune_clerk)
    page = browser(other_clerk).get(f"/en/counter/household-changes/{move.reference}/")
    assert 'name="answer"' not in page.content.decode()


def test_what_was_agreed_to_is_no_warning_on_every_page(payee, heng):
    answer(payee, heng, agrees=True)
    assert payee.reference not in browser(heng).get("/en/").content.decode()


def test_stewards_decide_what_was_objected_to_and_asked_again(maly_at_home, move, heng, steward):
    answer(move, maly_at_home, agrees=False)
    withdraw_change(request=move, actor=heng, assisted_session=None)
    again = heard(ask(heng, "move", place=PLACE))
    assert again in changes_to_decide(steward)
    assert decide(again, steward).state == "applied"


def test_an_objection_to_this_very_request_does_not_lapse(payee, heng, time_machine):
    answer(payee, heng, agrees=False)
    time_machine.move_to(timezone.now() + timedelta(days=40))
    assert is_objected(payee)


@pytest.mark.parametrize(("decision", "note"), [("refuse", "no"), ("ask_more", "a paper")])
def test_after_an_objection_the_commune_decides_neither_way(payee, heng, district, decision, note):
    answer(payee, heng, agrees=False)
    clerk = User.objects.create_staff(
        username="clerk.three", password="only-for-tests-9182", role="official", area_code="010202"
    )
    with pytest.raises(ChangeError):
        decide(heard(payee), clerk, decision, note)
    assert decide(payee, district, decision, note).state in ("refused", "more_asked")


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_entered_a_move_is_not_asked_to_answer_it(maly, heng, other_clerk, language):
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=heng.person.pk, reason="account", consent_text="x"
    )
    request = ask(other_clerk, "move", assisted_session=assisted_session, place=PLACE)
    client, path = browser(other_clerk), f"/{language}/counter/household-changes/{request.reference}/"
    listed = client.get(f"/{language}/counter/changes/").content.decode()
    assert request.reference in listed
    assert path not in listed
    assert client.get(path).status_code == 404

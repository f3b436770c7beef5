"""What an official sees of a request that concerns a relative, and may withdraw in an assisted session."""

import html
import re
from datetime import date, timedelta

import pytest
from django.urls import URLPattern
from django.utils import timezone, translation

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.phones.numbers import local_form
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict
from dsp_platform.notifications.models import Message
from dsp_platform.uploads.contract import may_add, may_see
from dsp_platform.uploads.models import Upload
from registry.changes.evidence import CHANGE
from registry.changes.hearings.visibility import requests_about_relatives
from registry.changes.kinds import KINDS
from registry.changes.services import withdraw_change
from registry.models import ChangeRequest, Household, KeySetup, Membership, Person, PhoneReplacement
from registry.persons.conflicts import HELP_WORDS, WORDS, conflicts_among, personal_conflict
from registry.urls import urlpatterns
from tests.registry.cast import HEAD_PHONE, MALY_PHONE, OWN_SIM, official
from tests.registry.changes.cast import about, ask, decide, joining
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

SECRET = "ផ្ទះសម្ងាត់ ៩"
HERE, ELSEWHERE = "01020201", "01020101"


@pytest.fixture
def husband(heng, other_clerk):
    """The official of Maly's commune is her husband."""
    return is_(other_clerk, heng.person)


@pytest.fixture
def stranger(maly):
    """Another official of Maly's commune."""
    return official("clerk.reads", "010202")


def is_(user: User, person: Person) -> User:
    user.spid = person.spid
    user.save(update_fields=["spid"])
    return user


def leaves(maly: Person, village: str = HERE) -> ChangeRequest:
    place = {"village_code": village, "address": SECRET}
    return ask(maly.account, "leaves", who=about(maly), where={"where": "own"}, place=place)


def moves(heng: User) -> ChangeRequest:
    return ask(heng, "move", place={"village_code": ELSEWHERE, "address": SECRET})


def assisted_session_of(user: User, person: Person) -> AssistedSession:
    return open_assisted_session(official=user, subject_id=person.pk, reason="account", consent_text="x")


def page(user: User, path: str, language: str = "en") -> str:
    found = browser(user).get(f"/{language}{path}", follow=True)
    return html.unescape(found.content.decode()) if found.status_code == 200 else ""


def words(how: str, language: str, chosen=WORDS) -> str:
    with translation.override(language):
        return str(chosen[how])


def ended(request: ChangeRequest, state: str, **fields) -> ChangeRequest:
    ChangeRequest.objects.filter(pk=request.pk).update(
        state=state, decided_by=official("clerk.decided", "01"), **fields
    )
    request.refresh_from_db()
    return request


PAGES = ("/counter/changes/{}/", "/counter/moves/{}/", "/counter/moves/{}/code/")


# --- at the counter


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("state", ["waiting", "more_asked", "applied", "refused", "withdrawn", "ended"])
def test_who_is_near_reads_no_more_than_kind_state_and_why(maly, maly_at_home, husband, state, language):
    request = ended(leaves(maly), state)
    for path in PAGES:
        shown = page(husband, path.format(request.reference), language)
        assert words("household", language) in shown, path
        with translation.override(language):
            assert str(KINDS["leaves"].title) in shown
            assert request.get_state_display() in shown
        for secret in (SECRET, maly.given_name, maly.spid_grouped, request.household.number):
            assert secret not in shown, path
        assert "<form id=" not in shown


def test_nor_by_a_reference_that_they_type(maly, maly_at_home, husband):
    request = leaves(maly)
    found = browser(husband).post("/en/counter/changes/", {"reference": request.reference}, follow=True)
    shown = html.unescape(found.content.decode())
    assert words("household", "en") in shown
    assert SECRET not in shown


@pytest.mark.parametrize("path", PAGES[:2])
def test_a_stranger_reads_it_and_decides(maly, maly_at_home, stranger, path):
    request = leaves(maly)
    assert SECRET in page(stranger, path.format(request.reference))
    assert may_see(stranger, None, CHANGE, str(request.pk))


@pytest.mark.parametrize("language", ["km", "en"])
def test_nor_does_the_commune_that_is_left_where_who_would_answer_is_near(
    maly, heng, maly_at_home, other_clerk, language
):
    KeySetup.objects.create(person=maly, official=other_clerk, kind=KeySetup.Kind.ACCOUNT)
    request = moves(heng)
    shown = page(other_clerk, f"/counter/household-changes/{request.reference}/", language)
    assert words("set_up", language) in shown
    assert SECRET not in shown
    assert 'name="answer"' not in shown


def test_nor_the_new_home_of_who_is_asked_to_move_there(maly, maly_at_home, husband, family_of_one, sokha):
    """A relative of the mover may be an official of the commune that is left."""
    request = ask(sokha, "joins", **joining(maly))
    shown = page(husband, f"/counter/moves/{request.reference}/")
    assert words("household", "en") in shown
    for secret in (sokha.person.name, family_of_one.number, family_of_one.village.name):
        assert secret not in shown
    sent = browser(husband).post(f"/en/counter/moves/{request.reference}/", {"send": "1", "shown": ""})
    assert sent.status_code == 200
    assert not Message.objects.filter(template="code").exists()
    refused = AuditEvent.objects.get(action="step_refused")
    assert (refused.actor, refused.subject_id, refused.reason) == (husband, request.pk, "InConflict")


def test_nor_the_documents(maly, maly_at_home, husband):
    request = leaves(maly)
    assisted_session_of(husband, maly)
    upload = Upload.objects.create(
        subject_kind=CHANGE, subject_key=str(request.pk), title="x", uploader=maly_at_home
    )
    for assisted_session in (None, AssistedSession.objects.get(official=husband)):
        assert not may_see(husband, assisted_session, CHANGE, str(request.pk))
        assert not may_add(husband, assisted_session, CHANGE, str(request.pk))
    client = browser(husband)
    assert client.get(f"/en/documents/change/{request.pk}/").status_code == 404
    assert client.get(f"/en/documents/{upload.pk}/remove/").status_code == 404


def test_the_page_does_not_tell_whether_it_is_about_the_assisted_session_that_is_open(
    maly, maly_at_home, rith, husband
):
    request, told = leaves(maly), set()
    for person in (maly, rith):
        assisted_session_of(husband, person)
        told.add(re.sub("[0-9a-f-]{36}", "", page(husband, f"/counter/changes/{request.reference}/")))
        AssistedSession.objects.all().delete()
    assert len({"another" in one for one in told}) == 1


def test_who_entered_it_for_somebody_whose_key_they_set_up_reads_what_they_typed(maly, heng, other_clerk):
    KeySetup.objects.create(person=maly, official=other_clerk, kind=KeySetup.Kind.ACCOUNT)
    assisted_session = assisted_session_of(other_clerk, maly)
    place = {"village_code": HERE, "address": SECRET}
    request = ask(
        other_clerk,
        "leaves",
        assisted_session=assisted_session,
        who=about(maly),
        where={"where": "own"},
        place=place,
    )
    assert SECRET in page(other_clerk, f"/my/changes/requests/{request.reference}/")
    assert SECRET in page(other_clerk, f"/counter/changes/{request.reference}/")


# --- on any page


GUARDED = [str(one.pattern) for one in urlpatterns if isinstance(one, URLPattern)]
WALKED = [path for path in GUARDED if "<" not in path.replace("<str:reference>", "")]


@pytest.mark.parametrize("of_assisted_session", [True, False])
def test_no_page_shows_an_address_to_who_is_near(maly, maly_at_home, husband, of_assisted_session):
    """Every page that needs only a reference."""
    request = leaves(maly)
    assert "counter/changes/<str:reference>/" in WALKED
    if of_assisted_session:
        assisted_session_of(husband, maly)
    for path in WALKED:
        assert SECRET not in page(husband, "/" + path.replace("<str:reference>", request.reference)), path


# --- in lists


def test_the_queue_shows_no_place_of_who_is_near(maly, maly_at_home, husband, stranger, family_of_one, sokha):
    """Otherwise it would reveal the request, and where they are asked to come."""
    ask(sokha, "joins", **joining(maly))
    own = leaves(maly)
    for reader, reads in ((stranger, True), (husband, False)):
        shown = page(reader, "/counter/changes/")
        assert own.reference in shown
        assert str(KINDS["joins"].title) in shown
        assert (family_of_one.village.name in shown) == reads
        assert (own.village.name in shown) == reads


def test_it_asks_the_same_few_questions_however_long_it_is(
    maly, maly_at_home, husband, sokha, family_of_one, django_assert_max_num_queries
):
    ask(sokha, "joins", **joining(maly))
    leaves(maly)
    found = list(ChangeRequest.objects.all())
    with django_assert_max_num_queries(4):
        assert requests_about_relatives(husband, found) == {one.pk for one in found}


@pytest.mark.parametrize("how", ["self", "household", "kin", "phone", ""])
def test_a_list_and_a_page_judge_alike_who_is_near(maly, rith, family_of_one, sokha, commune_clerk, how):
    person = sokha.person
    is_(
        commune_clerk, {"self": person, "": maly, "phone": maly}.get(how, other_member(family_of_one, person))
    )
    if how == "kin":
        person.memberships.update(ended_on=date(2024, 1, 1))
    if how == "phone":
        Person.objects.filter(pk=maly.pk).update(phone=sokha.phone)
    near = conflicts_among(commune_clerk, {person.pk})
    assert bool(near) == bool(personal_conflict(commune_clerk, person)) == bool(how)


def other_member(household: Household, person: Person) -> Person:
    one = Person.objects.exclude(pk=person.pk).first()
    Membership.objects.filter(person=one).delete()
    Membership.objects.create(
        household=household, person=one, relationship="other_relative", started_on=date(2020, 1, 1)
    )
    return one


# --- replacing the phone of somebody close


@pytest.fixture
def replacement(maly, stranger):
    return PhoneReplacement.objects.create(
        reference="P-0000-0000", person=maly, phone=OWN_SIM, notified_phones=[], reason="lost",
        document="none",
        asked_by=stranger, due_at=timezone.now() + timedelta(days=14),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["km", "en"])
def test_nor_whose_phone_waits_nor_its_number(maly, maly_at_home, husband, replacement, language):
    assisted_session_of(husband, maly)
    number, third = local_form(OWN_SIM), official("clerk.third", "010202")
    for path in ("/counter/phones/", f"/counter/phones/{replacement.reference}/"):
        reads = page(third, path, language)
        assert maly.given_name in reads
        assert number in reads or path == "/counter/phones/"
        shown = page(husband, path, language)
        assert replacement.reference in shown
        # The banner of the open assisted session names her; the page below does not.
        assert maly.given_name not in shown.partition("<h1>")[2]
        assert number not in shown
    assert replacement.reference not in page(husband, "/my/", language)


# --- in an assisted session


@pytest.mark.parametrize("language", ["km", "en"])
def test_in_an_assisted_session_who_is_near_reads_nothing_of_what_the_person_asked(
    maly, maly_at_home, husband, language
):
    request = leaves(maly)
    assisted_session_of(husband, maly)
    shown = page(husband, f"/my/changes/requests/{request.reference}/", language)
    assert words("household", language, HELP_WORDS) in shown
    assert words("household", language, HELP_WORDS) in page(husband, "/my/changes/", language)
    for secret in (SECRET, "/withdraw/", "/documents/"):
        assert secret not in shown


@pytest.mark.parametrize("path", ["/my/", "/my/changes/", "/my/data/everything/"])
def test_nor_that_they_asked(maly, maly_at_home, husband, stranger, path):
    request = leaves(maly)
    decide(request, stranger, "ask_more", "x")
    for reader, reads in ((stranger, True), (husband, False)):
        assisted_session_of(reader, maly)
        shown = page(reader, path)
        assert maly.given_name in shown
        assert (request.reference in shown) == reads, reader
        if "everything" in path:
            assert ("A change you asked for" in shown) == reads


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_is_near_takes_nothing_back_in_an_assisted_session(maly, maly_at_home, husband, language):
    request = leaves(maly)
    assisted_session = assisted_session_of(husband, maly)
    with translation.override(language), pytest.raises(InConflict) as refused:
        withdraw_change(request=request, actor=husband, assisted_session=assisted_session)
    with translation.override(language):
        assert str(refused.value) == words("household", language, HELP_WORDS)
    browser(husband).post(f"/{language}/my/changes/requests/{request.reference}/withdraw/")
    request.refresh_from_db()
    assert request.is_open


@pytest.mark.parametrize("language", ["km", "en"])
def test_what_is_taken_back_in_an_assisted_session_is_told_to_who_asked(
    maly, maly_at_home, stranger, language
):
    with translation.override(language):
        request = leaves(maly)
    assisted_session, before = (
        assisted_session_of(stranger, maly),
        set(Message.objects.values_list("pk", flat=True)),
    )
    for _time in range(2):
        withdraw_change(request=request, actor=stranger, assisted_session=assisted_session)
    (told,) = Message.objects.exclude(pk__in=before)
    assert (told.template, told.phone, told.language) == ("change_withdraw", MALY_PHONE, language)


def test_also_at_the_number_on_record_beside_the_account(maly, maly_at_home, stranger):
    """An official may have set up the account with a number of their own."""
    maly_at_home.phone = OWN_SIM
    maly_at_home.save(update_fields=["phone"])
    Person.objects.filter(pk=maly.pk).update(registered_by=stranger)
    request = leaves(maly)
    withdraw_change(request=request, actor=stranger, assisted_session=assisted_session_of(stranger, maly))
    told = Message.objects.filter(template="change_withdraw").values_list("phone", flat=True)
    assert set(told) == {OWN_SIM, MALY_PHONE}


def test_never_to_the_head(maly, maly_at_home, stranger):
    request = leaves(maly)
    withdraw_change(request=request, actor=stranger, assisted_session=assisted_session_of(stranger, maly))
    assert not Message.objects.filter(template="change_withdraw", phone=HEAD_PHONE).exists()


def test_who_takes_it_back_in_their_own_account_needs_no_text(maly, maly_at_home):
    withdraw_change(request=leaves(maly), actor=maly_at_home, assisted_session=None)
    assert not Message.objects.filter(template="change_withdraw").exists()


# --- after the decision


@pytest.mark.parametrize("state", ["applied", "refused", "withdrawn", "ended"])
@pytest.mark.parametrize("path", PAGES[:2])
def test_the_commune_that_was_left_reads_no_new_address_once_it_is_decided(
    maly, maly_at_home, stranger, path, state
):
    request = leaves(maly, ELSEWHERE)
    assert SECRET in page(stranger, path.format(request.reference))
    ended(request, state)
    assert request.reference in page(stranger, path.format(request.reference))
    assert SECRET not in page(stranger, path.format(request.reference))
    assert not may_see(stranger, None, CHANGE, str(request.pk))


def test_its_district_does_where_both_communes_are_its_own(maly, maly_at_home, district):
    request = leaves(maly, ELSEWHERE)
    ended(request, "applied")
    assert SECRET in page(district, f"/counter/changes/{request.reference}/")


def test_nor_where_somebody_was_taken_in(maly, maly_at_home, stranger, family_of_one, sokha):
    request = ask(sokha, "joins", **joining(maly))
    assert family_of_one.number in page(stranger, f"/counter/moves/{request.reference}/")
    ended(request, "applied", confirmation="phone")
    assert family_of_one.number not in page(stranger, f"/counter/moves/{request.reference}/")

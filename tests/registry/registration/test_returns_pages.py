"""The pages of a registration by whoever was registered before: what the record answers, what is asked."""

import pytest

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.khmer.dates import PartialDate
from registry.errors import AlreadyRegistered
from registry.models import Draft, Person
from registry.persons.households import household_of
from registry.registration import views
from registry.registration.answers import RETURNS
from registry.registration.drafts import save_draft, take_up_draft
from registry.registration.returns import with_record
from registry.registration.selectors import unfinished_drafts
from tests.registry.cast import official
from tests.registry.changes.cast import about, ask, decide
from tests.registry.pages import Family
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
VILLAGE = "01020201"


def moved_away(person, asked_by, decided_by):
    """Signed in, living in no household."""
    decide(ask(asked_by, "leaves", who=about(person), where={"where": "elsewhere"}), decided_by)
    if person.account is None:
        account = User.objects.create_citizen(phone="+85516000777")
        Person.objects.filter(pk=person.pk).update(account=account)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def away(maly, maly_at_home, other_clerk):
    return moved_away(maly, maly_at_home, other_clerk)


@pytest.fixture
def child_away(rith, heng, other_clerk):
    """Rith, who is a child."""
    return moved_away(rith, heng, other_clerk)


def begun(person):
    family = Family(browser(person.account), "en")
    family.post("consent", {"agree": "on", "operators": []})
    return family


def placed(person):
    family = begun(person)
    family.post("place", {"village_code": VILLAGE, "address": ""}, query="?in=010202")
    return family


# --- what is rare of the head


def test_a_child_says_that_it_is_right_and_is_registered(child_away):
    family = begun(child_away)
    assert family.client.get("/en/register/").url == "/en/register/member/1/rare/"
    family.confirm_rare(1)
    assert family.client.get("/en/register/").url == "/en/register/place/"
    family.post("place", {"village_code": VILLAGE, "address": ""}, query="?in=010202")
    family.finish()
    assert household_of(child_away) is not None


def test_who_says_that_it_is_wrong_reads_where_the_record_is_corrected(child_away):
    family = begun(child_away)
    answer = family.client.post("/en/register/member/1/rare/", {"right": "no"}, follow=True)
    assert "is corrected by a change" in answer.content.decode()


def test_a_record_corrected_meanwhile_is_judged_as_it_is_now(child_away):
    answers = with_record({}, child_away)
    child_away.born = PartialDate.parse("1990-01-01")
    assert with_record(answers, child_away)["members"][0]["born"] == "1990-01-01"


# --- a draft that belongs to one person


@pytest.fixture
def begun_at_counter(away):
    """An official's draft of her, whose case is ended."""
    clerk = official("clerk.three", VILLAGE[:6])
    case = AssistedSession.objects.create(
        official=clerk, subject_id=away.pk, reason="account", consent_text="x"
    )
    draft = save_draft(owner=clerk, assisted_session=case, answers=with_record({}, away))
    AssistedSession.objects.filter(pk=case.pk).update(ended_at=draft.saved_at)
    return draft


def test_it_is_not_offered_at_the_counter(begun_at_counter):
    assert unfinished_drafts(begun_at_counter.owner) == []


def test_it_is_not_taken_up_without_that_person(begun_at_counter):
    case = AssistedSession.objects.create(
        official=begun_at_counter.owner, reason="register", consent_text="x"
    )
    assert take_up_draft(draft_id=begun_at_counter.pk, assisted_session=case) is None
    assert Draft.objects.get().assisted_session_id == begun_at_counter.assisted_session_id


def test_it_is_begun_anew_where_nobody_is_known(begun_at_counter):
    assert with_record(begun_at_counter.answers, None) == {}


def test_answers_about_somebody_new_stay(areas):
    answers = {"members": [{"id": 1, "given_name": "សុខា"}]}
    assert with_record(answers, None) == answers


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_refusal_without_a_question_to_correct_it_is_told(away, monkeypatch, language):
    """Such as by a race with another window."""
    family = placed(away)
    family.root = f"/{language}/register/"

    def refuse(**_details):
        raise AlreadyRegistered(member=0)

    monkeypatch.setattr(views, "register_household", refuse)
    page = family.finish()
    words = {"km": "ចម្លើយទាំងនេះផ្ញើមិនបាន", "en": "these answers cannot be sent"}[language]
    assert page.status_code == 200
    assert words in page.content.decode()
    assert f'href="/{language}/my/"' in page.content.decode()


# --- what the pages say


@pytest.mark.parametrize(("stored", "shown"), [(1, "none"), (3, "some"), (None, "unknown")])
def test_her_answer_about_health_is_that_of_the_record(away, stored, shown):
    six = ("seeing", "hearing", "walking", "remembering", "self_care", "communicating")
    for name in six:
        setattr(away, name, stored)
    head = with_record({}, away)["members"][0]
    assert (head[RETURNS], head["difficulty"]) == (away.spid, shown)


def test_the_page_about_health_begins_with_it(away):
    family = placed(away)
    family.post("members", {"more": "no"})
    chosen = family.client.get("/en/register/member/1/circumstances/").context["form"]["difficulty"].value()
    assert chosen == with_record({}, away)["members"][0]["difficulty"]


def test_who_is_registered_is_not_asked_to_claim_a_record(away, sokha):
    claim = 'href="/en/my/claim/"'
    first = "/en/register/consent/"
    assert claim not in browser(away.account).get(first).content.decode()
    assert claim in browser(sokha).get(first).content.decode()

"""Requests with an objection are decided and read by the district; the commune learns only that."""

import html

import pytest
from django.utils import translation

from registry.changes import counter_views
from registry.changes.hearings.services import answer_household_change
from registry.errors import ChangeError
from registry.models import ChangeRequest, KeySetup
from tests.registry.changes.cast import BABY, about, ask, decide
from tests.registry.changes.hearings.test_heard_first import PLACE, for_
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
DISTRICT = {"km": "រង់ចាំស្រុក/ខណ្ឌ", "en": "waits for the district"}
NOTE = "He beats me"


@pytest.fixture
def objected(maly, heng, maly_at_home):
    request = ask(maly_at_home, "payee", payee=about(maly))
    answer_household_change(request=request, agrees=False, note=NOTE, actor=heng)
    request.refresh_from_db()
    return request


def counter(user, request, language: str = "en") -> str:
    page = browser(user).get(f"/{language}/counter/changes/{request.reference}/")
    return html.unescape(page.content.decode())


@LANGUAGES
@pytest.mark.parametrize("state", ["waiting", "refused"])
def test_the_commune_reads_nothing_of_what_was_objected(objected, other_clerk, district, state, language):
    ChangeRequest.objects.filter(pk=objected.pk).update(state=state)
    assert NOTE not in counter(other_clerk, objected, language)
    assert NOTE in counter(district, objected, language)


@LANGUAGES
def test_the_commune_is_offered_no_decision_and_told_who_decides(objected, other_clerk, language):
    page = counter(other_clerk, objected, language)
    assert 'name="decision"' not in page
    assert DISTRICT[language] in page
    with translation.override(language), pytest.raises(ChangeError) as refused:
        decide(objected, other_clerk, "refuse", "no")
    assert str(refused.value) in page


@LANGUAGES
def test_the_list_tells_what_waits_for_the_district(
    objected, heng, maly, rith, other_clerk, district, language
):
    relations = {heng.person.spid: "spouse", rith.spid: "child"}
    other = ask(heng, "head", head=about(maly), relationships=relations)
    for user in (other_clerk, district):
        page = browser(user).get(f"/{language}/counter/changes/").content.decode()
        assert page.count(DISTRICT[language]) == 1
        assert other.reference in page


@LANGUAGES
def test_who_objected_reads_that_the_district_decides_and_who_asked_does_not(
    objected, heng, maly_at_home, language
):
    own = browser(heng).get(f"/{language}/my/household-changes/{objected.reference}/").content.decode()
    asked = browser(maly_at_home).get(f"/{language}/my/changes/requests/{objected.reference}/").content
    assert DISTRICT[language] in own
    assert DISTRICT[language] not in asked.decode()


@LANGUAGES
def test_nor_does_an_official_who_entered_it(maly, heng, maly_at_home, district, language):
    request = ask(district, "payee", assisted_session=for_(district, maly), payee=about(maly))
    answer_household_change(request=request, agrees=False, note=NOTE, actor=heng)
    assert DISTRICT[language] not in counter(district, request, language)


# --- opened by reference, whatever the list links to


@LANGUAGES
def test_the_commune_that_is_left_finds_a_move_by_its_reference(maly, heng, other_clerk, language):
    request = ask(heng, "move", place=PLACE)
    path = f"/{language}/counter/changes/"
    found = browser(other_clerk).post(path, {"reference": request.reference})
    listed = browser(other_clerk).get(path).content.decode()
    assert found["Location"] in listed
    assert found.status_code == 302


def test_later_ones_follow_also_after_the_last_shown_was_decided(
    maly, heng, maly_at_home, other_clerk, monkeypatch
):
    monkeypatch.setattr(counter_views, "SHOWN", 1)
    first, second = (ask(heng, "birth", **BABY) for _child in range(2))
    page = browser(other_clerk).get("/en/counter/changes/")
    assert [row.request for row in page.context["requests"]] == [first]
    later = f"/en/counter/changes/?after={page.context['after']}"
    ChangeRequest.objects.filter(pk=first.pk).update(state="refused")
    page = browser(other_clerk).get(later)
    assert [row.request for row in page.context["requests"]] == [second]
    ChangeRequest.objects.filter(pk=second.pk).update(state="refused")
    page = browser(other_clerk).get(later)
    assert page.context["requests"] == []


# --- an account that is new


@LANGUAGES
def test_whose_answer_does_not_count_yet_is_named(maly, heng, maly_at_home, other_clerk, district, language):
    KeySetup.objects.create(person=maly, official=other_clerk, kind=KeySetup.Kind.ACCOUNT)
    request = ask(heng, "payee", payee=about(maly))
    answer_household_change(request=request, agrees=True, note="", actor=maly_at_home)
    words = {"km": "គណនីនៅថ្មី", "en": "the account is new"}[language]
    assert words in counter(district, request, language)
    own = browser(maly_at_home).get(f"/{language}/my/household-changes/{request.reference}/").content.decode()
    assert {"km": "គណនីរបស់អ្នកថ្មី", "en": "Your account is new"}[language] in own

"""A form of the counter that a device kept is applied once, in the case it was written in."""

from urllib.parse import urlencode
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError
from django.shortcuts import redirect

from dsp_platform.accounts.assisted_sessions.services import end_open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.offline.models import OfflineItem
from registry.models import Draft, Household, Person
from registry.registration import views
from registry.registration.wizard import RegistrationWizard
from tests.acting import shown_now
from tests.offline.sealing import Item
from tests.registry.pages import HEAD, SON, Family, begin_household, official_client, shown_on

pytestmark = pytest.mark.django_db
CONSENT, NAME = "/km/register/consent/", "/km/register/member/1/name/"
ROSTER = "/km/register/household/"
ROWS = {
    "village_code": "01020101",
    "m1-row": "one",
    "m1-family_name": "សុខ",
    "m1-given_name": "សុខា",
    "m1-sex": "female",
    "m1-born": "1985",
    "m1-document_type": "none",
}


@pytest.fixture
def laptop(areas, commune_clerk, consent_agreements):
    browser = official_client(commune_clerk)
    begin_household(browser)
    return browser


def answers() -> dict:
    return Draft.objects.get().answers


def test_a_sealed_form_is_answered_like_the_form_itself(laptop, commune_clerk):
    answer = Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"]).send(laptop)
    assert (answer.status_code, answer["Offline-Outcome"]) == (200, "applied")
    assert answer["Offline-Next"] == ROSTER
    assert answers()["consent"]["operators"] == ["idpoor"]


def test_sent_again_it_is_answered_again_and_changes_nothing(laptop, commune_clerk):
    laptop.post(CONSENT, HEAD["consent"])
    item = Item.written(laptop, commune_clerk, NAME, HEAD["name"])
    first = item.send(laptop)
    laptop.post(NAME, {**HEAD["name"], "given_name": "ម៉ាលី"})
    second = item.send(laptop)
    assert first["Offline-Next"] == second["Offline-Next"] == ROSTER
    assert second["Offline-Outcome"] == "applied"
    assert answers()["members"][0]["given_name"] == "ម៉ាលី"


def test_the_key_of_a_form_that_was_sent_as_it_is_holds_for_the_sealed_one(laptop, commune_clerk):
    """The answer was lost on the way: the device sends what it kept."""
    item = Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"])
    laptop.post(CONSENT, {**item.typed, **item.shown}, headers={"Idempotency-Key": item.key})
    laptop.post(CONSENT, {"agree": "on"})
    assert item.send(laptop)["Offline-Outcome"] == "applied"
    assert answers()["consent"]["operators"] == []


def test_a_household_that_was_registered_is_not_registered_again(laptop, commune_clerk):
    family = Family(laptop)
    family.head()
    family.post("members", {"more": "no"})
    family.post("circumstances", {"difficulty": "none"}, 1)
    check = "/km/register/check/"
    item = Item.written(laptop, commune_clerk, check, shown_on(laptop, check))
    laptop.post(check, {**item.typed, **item.shown}, headers={"Idempotency-Key": item.key})
    end_open_assisted_session(official=commune_clerk, end="closed")
    answer = item.send(laptop)
    assert (answer["Offline-Outcome"], answer["Offline-Next"]) == ("applied", "/km/registered/")
    assert Household.objects.count() == 1


def test_a_household_that_somebody_registered_meanwhile_waits_for_the_official(
    laptop, commune_clerk, other_clerk
):
    """Its page leads on by a redirect, which registers nobody."""
    family = Family(laptop)
    family.head()
    family.post("members", {"more": "no"})
    family.post("circumstances", {"difficulty": "none"}, 1)
    check = "/km/register/check/"
    item = Item.written(laptop, commune_clerk, check, shown_on(laptop, check))
    User.objects.filter(pk=other_clerk.pk).update(area_code=commune_clerk.area_code)
    other = official_client(other_clerk)
    begin_household(other)
    Family(other).head()
    Family(other).finish()
    assert Household.objects.count() == 1
    assert item.send(laptop)["Offline-Outcome"] == item.send(laptop)["Offline-Outcome"] == "needs_you"
    kept = OfflineItem.objects.get(pk=item.key)
    assert (kept.why, Household.objects.count(), bool(kept.next)) == ("not_saved", 1, True)
    assert f'href="{kept.next}"' in laptop.get("/km/offline/").content.decode()


def test_a_member_too_many_waits_for_the_official(laptop, commune_clerk, monkeypatch):
    Family(laptop).head()
    item = Item.written(laptop, commune_clerk, "/km/register/members/", {"more": "yes"})
    monkeypatch.setattr(RegistrationWizard, "is_full", True)
    assert item.send(laptop)["Offline-Outcome"] == "needs_you"


def test_a_redirect_that_says_nothing_applies_nothing(laptop, commune_clerk, monkeypatch):
    monkeypatch.setattr(views.RegistrationQuestion, "answered", lambda *_given: redirect("registry:counter"))
    item = Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"])
    assert item.send(laptop)["Offline-Outcome"] == "needs_you"
    assert laptop.post(CONSENT, HEAD["consent"]).status_code == 302


def test_what_is_wrong_is_said_on_the_form_and_the_key_stays_free(laptop, commune_clerk):
    laptop.post(CONSENT, HEAD["consent"])
    wrong = Item.written(laptop, commune_clerk, NAME, {"family_name": "សុខ", "given_name": "☺"})
    answer = wrong.send(laptop)
    assert "Offline-Outcome" not in answer.headers
    assert 'value="សុខ"' in answer.content.decode()
    assert not OfflineItem.objects.exists()


def test_a_case_that_ended_meanwhile_leaves_its_answer_in_the_draft(laptop, commune_clerk):
    laptop.post(CONSENT, HEAD["consent"])
    item = Item.written(laptop, commune_clerk, NAME, HEAD["name"])
    end_open_assisted_session(official=commune_clerk, end="idle")
    answer = item.send(laptop)
    assert (answer["Offline-Outcome"], answer["Offline-Next"]) == ("applied", "/km/counter/")
    assert answers()["members"][0]["given_name"] == "សុខា"
    assert item.send(laptop)["Offline-Outcome"] == "applied"


def test_so_does_a_roster(laptop, commune_clerk):
    laptop.post(CONSENT, HEAD["consent"])
    item = Item.written(laptop, commune_clerk, ROSTER, ROWS)
    end_open_assisted_session(official=commune_clerk, end="idle")
    assert item.send(laptop)["Offline-Outcome"] == "applied"
    assert answers()["members"][0]["given_name"] == "សុខា"


def test_a_row_that_was_written_meanwhile_is_not_overwritten(laptop, commune_clerk):
    laptop.post(CONSENT, HEAD["consent"])
    item = Item.written(laptop, commune_clerk, ROSTER, ROWS)
    laptop.post(ROSTER, {**ROWS, "m1-given_name": "ម៉ាលី", "window": "another"})
    end_open_assisted_session(official=commune_clerk, end="idle")
    assert item.send(laptop)["Offline-Outcome"] == "needs_you"
    assert answers()["members"][0]["given_name"] == "ម៉ាលី"


def test_what_was_written_first_and_comes_last_overwrites_nothing(laptop, commune_clerk):
    """In the same case: the page was sent again with a line, while the first one waited on the laptop."""
    laptop.post(CONSENT, HEAD["consent"])
    first = Item.written(laptop, commune_clerk, NAME, HEAD["name"])
    again = {**HEAD["name"], "given_name": "ម៉ាលី"}
    laptop.post(NAME, {**again, **shown_now(laptop)}, headers={"Idempotency-Key": str(uuid4())})
    answer = first.send(laptop, age="60000")
    assert (answer["Offline-Outcome"], OfflineItem.objects.get(pk=first.key).why) == (
        "needs_you", "written_since",
    )  # fmt: skip
    assert answers()["members"][0]["given_name"] == "ម៉ាលី"
    last = Item.written(laptop, commune_clerk, NAME, HEAD["name"])
    assert last.send(laptop, age="0")["Offline-Outcome"] == "applied"


def test_what_was_answered_meanwhile_is_not_overwritten(laptop, commune_clerk):
    laptop.post(CONSENT, HEAD["consent"])
    item = Item.written(laptop, commune_clerk, NAME, HEAD["name"])
    laptop.post(NAME, {**HEAD["name"], "given_name": "ម៉ាលី"})
    end_open_assisted_session(official=commune_clerk, end="idle")
    assert item.send(laptop)["Offline-Outcome"] == "needs_you"
    assert answers()["members"][0]["given_name"] == "ម៉ាលី"
    page = laptop.get("/km/offline/").content.decode()
    assert "សុខា" in page
    assert "<h3>ទំព័រមួយនៃការចុះបញ្ជី</h3>" in page
    laptop.post("/km/offline/settle/", {"item": item.key})
    assert "សុខា" not in laptop.get("/km/offline/").content.decode()
    assert OfflineItem.objects.get().typed is None


def test_in_another_case_it_is_kept_for_the_official(laptop, commune_clerk):
    item = Item.written(laptop, commune_clerk, "/km/register/member/2/name/", SON["name"])
    begin_household(laptop)
    assert item.send(laptop)["Offline-Outcome"] == "needs_you"
    assert not Draft.objects.exists()
    assert not Person.objects.exists()


def test_a_question_that_is_closed_by_now_is_kept_for_the_official(laptop, commune_clerk):
    item = Item.written(laptop, commune_clerk, NAME, HEAD["name"])  # the consent is missing
    assert item.send(laptop)["Offline-Outcome"] == "needs_you"
    assert OfflineItem.objects.get().why == "not_saved"


def test_another_official_does_not_send_it(laptop, commune_clerk, other_clerk):
    item = Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"])
    other = official_client(other_clerk)
    begin_household(other)
    answer = item.send(other)
    assert (answer.status_code, answer["Offline-Outcome"]) == (403, "another")
    item.official = other_clerk  # under the key of what was applied for the first one
    Item.send(Item(commune_clerk, CONSENT, HEAD["consent"], item.shown, item.key), laptop)
    assert item.send(other).status_code == 403


def test_nobody_signed_in_sends_it(laptop, commune_clerk, client):
    answer = Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"]).send(client)
    assert answer["Offline-Next"].startswith("/km/sign-in/")
    assert "Offline-Outcome" not in answer.headers
    assert not OfflineItem.objects.exists()


def test_what_is_refused_waits_for_the_official(laptop, commune_clerk):
    """The device sends what follows all the same, and what was typed is kept."""
    typed = {"answer": "សៀវភៅគ្រួសារ", "version": "1"}
    answer = Item.written(laptop, commune_clerk, "/km/applications/A-0000-0000/", typed).send(laptop)
    assert (answer["Offline-Outcome"], OfflineItem.objects.get().why) == ("needs_you", "refused")
    assert "សៀវភៅគ្រួសារ" in laptop.get("/km/offline/").content.decode()


def test_what_was_written_outside_of_a_case_waits_until_there_is_none(laptop, commune_clerk):
    end_open_assisted_session(official=commune_clerk, end="closed")
    item = Item.written(laptop, commune_clerk, "/km/grievances/report/", {"category": "payment"})
    begin_household(laptop)
    answer = item.send(laptop)
    assert (answer.status_code, answer["Offline-Outcome"]) == (409, "case_open")
    end_open_assisted_session(official=commune_clerk, end="closed")
    assert item.send(laptop)["Offline-Outcome"] == "applied"


def test_what_waits_too_long_for_a_lock_stays_on_the_device(laptop, commune_clerk, monkeypatch):
    def waited(*given, **named):
        raise OperationalError from psycopg.errors.LockNotAvailable()

    item = Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"])
    with monkeypatch.context() as busy:
        busy.setattr(views, "save_at", waited)
        answer = item.send(laptop)
    assert (answer.status_code, answer.has_header("Offline-Outcome")) == (503, False)
    assert item.send(laptop)["Offline-Outcome"] == "applied"


@pytest.mark.parametrize("changed", [{"path": NAME}, {"key": str(uuid4())}, {"text": "AAAA"}, {"text": "☺"}])
def test_what_was_changed_on_the_device_is_not_read(laptop, commune_clerk, changed):
    item = Item.written(laptop, commune_clerk, CONSENT, HEAD["consent"])
    fields = {"sealed": changed.get("text", item.sealed()), "item": changed.get("key", item.key)}
    answer = laptop.post(
        changed.get("path", CONSENT), urlencode(fields), content_type="application/x-www-form-urlencoded"
    )
    assert (answer.status_code, answer["Offline-Outcome"]) == (400, "unreadable")
    assert not Draft.objects.exists()

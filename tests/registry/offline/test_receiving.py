"""A household that was written offline: registered when it comes, or left to its official as a draft."""

import pytest
from django.utils import translation

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.sessions.services import BEGAN
from dsp_platform.offline.models import OfflineItem
from registry.counter.forms import acting_text
from registry.models import Draft, Household, Person
from registry.offline.texts import published
from tests.offline.sealing import Item
from tests.registry.pages import begin_household, official_client

pytestmark = pytest.mark.django_db
SEND = "/km/offline/household/send/"
FAMILY = {
    "agree": "on",
    "village_code": "01020101",
    "address": "",
    "m1-row": "one",
    "m1-family_name": "ចាន់",
    "m1-given_name": "សុខា",
    "m1-sex": "female",
    "m1-born": "1985",
    "m1-document_type": "identity_card",
    "m1-document_number": "010203045",
    "m1-phone": "012 345 678",
    "m1-seeing": "2",
    "m2-row": "two",
    "m2-relationship": "child",
    "m2-family_name": "ចាន់",
    "m2-given_name": "ដារ៉ា",
    "m2-sex": "male",
    "m2-born": "2015",
    "m2-document_type": "none",
    "difficulty": ["one"],
    "working": ["one"],
    "studying": ["two"],
    "pregnant": ["nobody"],
}


@pytest.fixture
def laptop(areas, operators, commune_clerk):
    return official_client(commune_clerk)


def permit_on(laptop) -> str:
    return laptop.get("/km/offline/status/?pack").json()["permit"]


def written(official, laptop, **changes) -> Item:
    with translation.override("km"):
        said = {"read_out": published(), "acting_text": acting_text()}
    return Item(official, SEND, {"permit": permit_on(laptop), **said, **FAMILY, **changes})


@pytest.mark.parametrize("age", ["0", "", "-3600000", "3600000"])
@pytest.mark.parametrize(("language", "asked"), [("km", "តើជាអ្នកឬ"), ("en", "Was it you?")])
def test_what_was_written_before_they_signed_in_is_theirs_to_look_at(
    laptop, commune_clerk, language, asked, age
):
    """Somebody else could have written it on a laptop that was left, whatever its clock said."""
    session = laptop.session
    session[BEGAN] -= 60
    session.save()
    item = written(commune_clerk, laptop)
    answer = item.send(official_client(commune_clerk), age=age)
    assert answer["Offline-Outcome"] == "needs_you"
    assert not Household.objects.exists()
    assert len(Draft.objects.get().answers["members"]) == 2
    assert asked in laptop.get(f"/{language}/offline/").content.decode()


def test_a_whole_household_is_registered_once(laptop, commune_clerk):
    item = written(commune_clerk, laptop)
    assert item.send(laptop)["Offline-Outcome"] == "applied"
    assert item.send(laptop)["Offline-Outcome"] == "applied"
    household = Household.objects.get()
    head, child = (one.person for one in household.memberships.order_by("pk"))
    assert (head.given_name, head.seeing, head.working) == ("សុខា", 2, True)
    assert (child.given_name, child.studying) == ("ដារ៉ា", True)


def test_its_case_has_the_consent_that_was_read_out_and_when(laptop, commune_clerk):
    item = written(commune_clerk, laptop)
    item.send(laptop)
    case = AssistedSession.objects.get()
    with translation.override("km"):
        assert case.consent_text == acting_text()
    assert case.written_at == OfflineItem.objects.get().written_at
    assert (case.end, case.subject_id) == ("closed", Person.objects.earliest("pk").pk)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"read_out": "older"}, "consent_changed"),
        ({"acting_text": "older"}, "consent_changed"),
        ({"agree": ""}, "consent_changed"),
        ({"m2-born": "☺"}, "incomplete"),
        ({"m1-sex": ""}, "incomplete"),
        ({"village_code": "01020201"}, "incomplete"),
        ({"working": []}, "incomplete"),
        ({"unfinished": "yes"}, "unfinished"),
    ],
)
def test_what_does_not_stand_as_written_is_a_draft_of_the_official(laptop, commune_clerk, changes, why):
    assert written(commune_clerk, laptop, **changes).send(laptop)["Offline-Outcome"] == "needs_you"
    item = OfflineItem.objects.get()
    assert item.why == why
    assert "010203045" in item.typed
    assert not Household.objects.exists()
    assert Draft.objects.get().answers["members"][0]["given_name"] == "សុខា"
    page = laptop.get("/km/counter/").content.decode()
    assert str(Draft.objects.get().pk) in page


def test_a_document_that_is_taken_and_a_likely_double_are_not_registered(laptop, commune_clerk):
    written(commune_clerk, laptop).send(laptop)
    assert written(commune_clerk, laptop).send(laptop)["Offline-Outcome"] == "needs_you"
    other = written(commune_clerk, laptop, **{"m1-document_type": "none", "m1-document_number": ""})
    assert other.send(laptop)["Offline-Outcome"] == "needs_you"
    assert Household.objects.count() == 1
    assert set(OfflineItem.objects.filter(state="needs_you").values_list("why", flat=True)) == {"alike"}


def test_an_open_case_is_not_ended_by_it(laptop, commune_clerk):
    begin_household(laptop)
    answer = written(commune_clerk, laptop).send(laptop)
    assert (answer.status_code, answer["Offline-Outcome"]) == (409, "case_open")
    assert AssistedSession.objects.get().ended_at is None
    assert not OfflineItem.objects.exists()


@pytest.mark.parametrize("forged", ["", "1:abc:def", "another"])
def test_without_the_permit_of_who_signed_in_nothing_is_written(laptop, commune_clerk, other_clerk, forged):
    permit = permit_on(official_client(other_clerk)) if forged == "another" else forged
    assert written(commune_clerk, laptop, permit=permit).send(laptop)["Offline-Outcome"] == "needs_you"
    assert OfflineItem.objects.get().why == "not_permitted"
    assert not Draft.objects.exists()


def test_only_what_was_sealed_is_taken(laptop, commune_clerk):
    item = written(commune_clerk, laptop)
    answer = laptop.post(SEND, item.typed, headers={"Idempotency-Key": item.key})
    assert answer.status_code == 409
    assert not Draft.objects.exists()


def test_the_page_for_it_says_nothing_about_anybody(client, laptop, commune_clerk):
    page = client.get("/km/offline/household/").content.decode()
    assert 'name="m1-given_name"' in page
    assert commune_clerk.full_name not in page
    pack = laptop.get("/km/offline/status/?pack").json()
    assert ["01020101", "អូរធំ"] in pack["pack"]["villages"][0][1]
    assert pack["permit"]


def test_only_the_published_words_stand_as_those_that_were_read_out(laptop, commune_clerk):
    written(commune_clerk, laptop, acting_text="she said yes").send(laptop)
    assert AssistedSession.objects.get().consent_text == ""


def test_a_nul_is_refused_before_anything_is_done(laptop, commune_clerk):
    assert written(commune_clerk, laptop, acting_text="a\0b").send(laptop).status_code == 400
    assert not AssistedSession.objects.exists()

"""The page of whoever cannot be registered as somebody new: neutral, with ways on, whatever they typed."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from dsp_platform.khmer.dates import PartialDate
from registry.models import Draft, Household, Person
from registry.registration.drafts import KEPT
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.registry.pages import HEAD, SON, Family, shown_to

pytestmark = pytest.mark.django_db

NO_CARD = {"document": {"document_type": "none"}, "phone": {"phone": ""}}
CARD = {"document_type": "identity_card", "document_number": "010203045"}
WORDS = {
    "en": ("may be registered already", "Nothing you typed is lost.", "Come also if you have none."),
    "km": ("អាចបានចុះបញ្ជីរួចហើយ", "អ្វីដែលអ្នកបានបញ្ចូល មិនបាត់ទេ។", "បើគ្មានឯកសារ ក៏សូមមកដែរ។"),
}


@built_once
def sokha_here(areas, commune_clerk, consent_agreements):
    """Registered without a document, by others."""
    head = person_details(**HEAD["name"], born=PartialDate(date(1985, 3, 27)), phone="")
    register_household(actor=commune_clerk, details=household_details(head))
    return Person.objects.latest("pk")


@pytest.fixture
def with_phone_of(sokha_here, sokha):
    """The account's own phone stands on the record."""
    Person.objects.filter(pk=sokha_here.pk).update(phone=sokha.phone)


def main_of(page):
    return re.search(r"<main.*</main>", page.content.decode(), re.S)[0]


def ways_of(page):
    return re.findall(r'href="([^"]+)"', re.search(r"<ul.*?</ul>", main_of(page), re.S)[0])


@pytest.mark.parametrize("language", WORDS)
def test_without_a_document_there_are_three_ways_on_and_no_circle(
    with_phone_of, sokha_here, phone_of_sokha, language
):
    family = Family(phone_of_sokha, language)
    family.head(**NO_CARD)
    told = family.finish()
    assert told.url == f"/{language}/register/member/1/already/"
    page = family.client.get(told.url)
    shown = main_of(page)
    assert all(words in shown for words in WORDS[language])
    root = f"/{language}"
    assert ways_of(page) == [
        f"{root}/my/claim/",
        f"{root}/register/member/1/document/?return=check",
        f"{root}/help/office/",
    ]
    # Nothing that could be sent leads here again, and nothing speaks of a document that was never typed.
    assert "<form" not in shown
    assert not {"Correct the document", "កែឯកសារ"} & set(re.findall(r"<strong>(.*?)</strong>", shown))
    for way in ways_of(page):
        assert family.client.get(way).status_code == 200


@pytest.mark.parametrize("language", WORDS)
def test_it_says_until_when_the_answers_are_kept(with_phone_of, phone_of_sokha, language):
    family = Family(phone_of_sokha, language)
    family.head(**NO_CARD)
    page = family.client.get(family.finish().url)
    with override(language):
        day = date_format(timezone.localdate() + timedelta(days=KEPT.days), "SHORT_DATE_FORMAT")
    assert day in main_of(page)
    assert Draft.objects.get().answers["members"][0].items() >= {**HEAD["name"], **HEAD["sex"]}.items()


@pytest.mark.parametrize("language", WORDS)
def test_a_document_that_is_taken_says_the_same_and_lets_it_be_corrected(
    registering_family, django_user_model, language
):
    registering_family.register()
    heng = django_user_model.objects.create_citizen(phone="+85512000111")
    other = Family(shown_to(heng), language)
    other.post("consent", HEAD["consent"])
    for step in ("name", "sex", "birth"):
        other.post(step, HEAD[step], 1)
    told = other.post("document", CARD, 1)
    assert told.url == f"/{language}/register/member/1/already/"
    page = other.client.get(told.url)
    assert all(words in main_of(page) for words in WORDS[language])
    assert Person.objects.get().spid_grouped not in page.content.decode()
    correct = f"/{language}/register/member/1/document/"
    assert ways_of(page)[1] == correct
    assert 'value="010203045"' in other.client.get(correct).content.decode()
    free = other.post("document", CARD | {"document_number": "010203046"}, 1)
    assert free.url == f"/{language}/register/member/1/phone/"


def test_known_and_unknown_read_the_same(registering_family, django_user_model):
    """Whoever opens the page by its address, and is known to nobody, reads what the other reads."""
    registering_family.register()
    pages = []
    for phone, number in (("+85512000111", "010203045"), ("+85512000112", "010203049")):
        user = django_user_model.objects.create_citizen(phone=phone)
        other = Family(shown_to(user), "en")
        other.post("consent", HEAD["consent"])
        for step in ("name", "sex", "birth"):
            other.post(step, HEAD[step], 1)
        other.post("document", CARD | {"document_number": number}, 1)
        pages.append(main_of(other.client.get("/en/register/member/1/already/")))
    assert pages[0] == pages[1]


@pytest.mark.parametrize("language", WORDS)
def test_a_member_can_be_taken_off_the_list(with_phone_of, phone_of_sokha, language):
    """The record of the account's phone is that of somebody whom the head lists."""
    family = Family(phone_of_sokha, language)
    other = {"family_name": "ចាន់", "given_name": "វិចិត្រ", "latin_family_name": "", "latin_given_name": ""}
    family.head(name=other, sex={"sex": "male"}, birth={"born_year": "1983"}, **NO_CARD)
    listed = {**SON, "name": HEAD["name"], "sex": HEAD["sex"], "birth": HEAD["birth"]}
    family.child(**listed | {"relationship": {"relationship": "spouse"}})
    told = family.finish(members=2)
    assert told.url == f"/{language}/register/member/2/already/"
    page = family.client.get(told.url)
    root = f"/{language}/register/member/2"
    assert ways_of(page)[:2] == [f"{root}/remove/", f"{root}/document/?return=check"]
    assert "/my/claim/" not in main_of(page)
    family.client.post(ways_of(page)[0])
    assert family.finish().url == f"/{language}/registered/"
    assert Household.objects.count() == 2


@pytest.mark.parametrize("number", [1, 9])
def test_before_the_document_was_asked_there_is_no_such_page(registering_family, number):
    registering_family.post("consent", HEAD["consent"])
    registering_family.post("name", HEAD["name"], 1)
    answer = registering_family.client.get(f"/km/register/member/{number}/already/")
    assert (answer.status_code, answer.url) == (302, "/km/register/")


@pytest.mark.parametrize(("language", "words"), [("en", "you learn it sooner"), ("km", "អ្នកនឹងដឹងឆាប់ជាង")])
def test_that_a_document_helps_is_said_where_it_is_asked(registering_family, language, words):
    family = Family(registering_family.client, language)
    family.post("consent", HEAD["consent"])
    for step in ("name", "sex", "birth"):
        family.post(step, HEAD[step], 1)
    assert words in main_of(family.client.get(f"/{language}/register/member/1/document/"))

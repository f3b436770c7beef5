import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import end_assisted_session, open_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.audit.models import AuditEvent
from registry.models import Draft, Household, Person
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import CONSENT, details_of_one
from tests.registry.pages import Family, begin_household

pytestmark = pytest.mark.django_db

OPEN = {"reason": "apply", "agree": "on"}


@built_once
def registered(areas, consent_agreements, commune_clerk):
    """Sok Sokha, registered at the counter; the assisted session is ended."""
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="register", consent_text=CONSENT
    )
    register_household(actor=commune_clerk, details=details_of_one(), assisted_session=assisted_session)
    end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.CLOSED)
    return Person.objects.get()


def test_the_official_registers_a_household_and_the_assisted_session_names_it(
    new_assisted_session, commune_clerk
):
    assert new_assisted_session.register().url == "/km/registered/"
    person = Person.objects.get()
    assisted_session = AssistedSession.objects.get(official=commune_clerk)
    assert assisted_session.subject_id == person.pk
    page = new_assisted_session.client.get("/km/registered/").content.decode()
    assert 'class="banner"' in page
    assert person.spid_grouped in page


@pytest.mark.parametrize(
    "query", ["{spid}", "0102 03045", "០១០២០៣០៤៥", "012345678", "សុខ", "សុខា", "sokha", "Sok So"]
)
def test_a_person_is_found_by_number_phone_and_name(laptop, registered, query):
    page = laptop.post("/km/counter/", {"query": query.format(spid=registered.spid_grouped)})
    assert registered.spid_grouped in page.content.decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [("012 345 678", "លេខទូរសព្ទ, លេខឯកសារ"), ("sokha", "ឈ្មោះជាអក្សរឡាតាំង"), ("សុខា", "ឈ្មោះជាអក្សរខ្មែរ")],
)
def test_the_page_says_as_what_it_searched(laptop, registered, query, words):
    page = laptop.post("/km/counter/", {"query": query}).content.decode()
    assert words in page
    assert registered.spid_grouped in page


def test_the_members_of_a_household_are_found_by_its_number(laptop, other_laptop, registered):
    number = Household.objects.get().number
    assert registered.spid_grouped in laptop.post("/km/counter/", {"query": number}).content.decode()
    assert (
        registered.spid_grouped not in other_laptop.post("/km/counter/", {"query": number}).content.decode()
    )


def test_an_spid_with_a_wrong_digit_is_no_reason_to_register_again(laptop, registered):
    wrong = registered.spid[:-1] + str((int(registered.spid[-1]) + 1) % 10)
    page = laptop.post("/en/counter/", {"query": wrong}).content.decode()
    assert "one of its digits is not right" in page


def test_the_hand_is_where_a_reader_types(laptop, registered):
    """In the box, until somebody is found: then on the button that opens their case."""
    query = re.compile(r'<input[^>]*name="query"[^>]*autofocus')
    assert query.search(laptop.get("/km/counter/").content.decode())
    page = laptop.post("/km/counter/", {"query": registered.spid_grouped}).content.decode()
    assert not query.search(page)
    assert re.search(r'<button[^>]*name="person"[^>]*autofocus', page)


def test_nobody_is_searched_for_in_an_address(laptop, registered):
    AssistedSession.objects.update(opened_at=timezone.now() - timedelta(days=2))
    page = laptop.get("/km/counter/", {"query": registered.spid}).content.decode()
    assert registered.spid_grouped not in page
    assert registered.name not in page


def test_another_commune_sees_nothing_of_the_person(other_laptop, registered):
    for query in (registered.spid, "sokha", "010203045"):
        page = other_laptop.post("/km/counter/", {"query": query}).content.decode()
        assert registered.spid_grouped not in page
    assert other_laptop.post("/km/counter/", {"person": registered.spid}).url == "/km/counter/"
    assert other_laptop.get("/km/counter/open/").url == "/km/counter/"
    assert not AssistedSession.objects.filter(
        subject_id=registered.pk, official__username="clerk.bat-trang"
    ).exists()


def test_a_document_of_another_commune_tells_its_official_nothing(other_laptop, registered):
    """The page says that the document is registered, but not whose or where. No duplicate is created."""
    begin_household(other_laptop)
    other = Family(other_laptop)
    other.head(name={"given_name": "វិចិត្រ"}, place={"village_code": "01020201"}, phone={"phone": ""})
    answer = other.finish()
    assert answer.url == "/km/register/member/1/already/"
    page = other_laptop.get(answer.url).content.decode()
    assert "/km/register/household/#m1" in page
    for theirs in (registered.spid, registered.spid_grouped, "សុខា", "អូរធំ", "12345678"):
        assert theirs not in page
    assert Person.objects.get() == registered


@pytest.mark.parametrize(("language", "words"), [("en", "outside your area now"), ("km", "ក្រៅតំបន់របស់អ្នក")])
@pytest.mark.parametrize("page", ["my/", "register/", "register/consent/"])
def test_an_assisted_session_ends_when_its_person_has_left_the_area(
    laptop, registered, language, words, page
):
    laptop.post("/km/counter/", {"person": registered.spid})
    laptop.post("/km/counter/open/", OPEN)
    Person.objects.filter(pk=registered.pk).update(village="01020201")
    Household.objects.update(village="01020201")
    answer = laptop.get(f"/{language}/{page}", follow=True)
    assert answer.redirect_chain == [(f"/{language}/counter/", 302)]
    assert words in answer.content.decode()
    assert AssistedSession.objects.get(subject_id=registered.pk, end="out_of_area").ended_at


def test_no_assisted_session_is_opened_without_reason_and_consent(laptop, registered):
    laptop.post("/km/counter/", {"person": registered.spid})
    for wrong in ({"reason": "apply"}, {"agree": "on"}):
        page = laptop.post("/km/counter/open/", wrong)
        assert 'class="summary"' in page.content.decode()
    assert not AssistedSession.objects.filter(ended_at=None).exists()


def test_the_assisted_session_opens_ends_and_every_look_is_noted(laptop, registered):
    laptop.post("/km/counter/", {"person": registered.spid})
    assert laptop.post("/km/counter/open/", OPEN).url == "/km/my/"
    assert laptop.post("/km/counter/open/", OPEN).url == "/km/register/"  # a second click
    page = laptop.get("/km/my/").content.decode()
    assert registered.spid_grouped in page
    laptop.get("/km/slip/")
    assisted_session = AssistedSession.objects.get(ended_at=None)
    actions = AuditEvent.objects.filter(assisted_session_id=assisted_session.pk).values_list(
        "action", flat=True
    )
    assert {"open_case", "view", "print"} <= set(actions)
    answer = laptop.post("/km/counter/end/", follow=True)
    assert "message success" in answer.content.decode()
    assert laptop.get("/km/my/").status_code == 302


def test_a_colleague_with_the_same_person_is_named(laptop, registered, commune_clerk, django_user_model):
    colleague = django_user_model.objects.create_staff(
        username="second",
        password="only-for-tests-9182",
        role="official",
        area_code="010201",
        full_name="លី ណា",
    )
    AssistedSession.objects.create(
        official=colleague, subject_id=registered.pk, reason="apply", consent_text="x"
    )
    laptop.post("/km/counter/", {"person": registered.spid})
    assert "លី ណា" in laptop.get("/km/counter/open/").content.decode()


def test_no_personal_data_stands_in_an_address(laptop, registered):
    answer = laptop.post("/km/counter/", {"person": registered.spid})
    assert registered.spid not in answer.url
    assert "?" not in answer.url


def test_the_desk_tells_the_cases_of_today_and_what_was_done(laptop, other_laptop, registered):
    desk = laptop.get("/en/counter/").content.decode()
    assert registered.name in desk
    assert "To register the household" in desk
    assert registered.name not in other_laptop.get("/en/counter/").content.decode()
    AssistedSession.objects.update(opened_at=timezone.now() - timedelta(days=2))
    assert registered.name not in laptop.get("/en/counter/").content.decode()


def test_the_desk_takes_few_queries_however_much_waits(laptop, registered, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        laptop.get("/km/counter/")


def test_a_citizen_has_no_counter(phone_of_sokha):
    assert phone_of_sokha.get("/km/counter/").status_code == 302


def test_search_words_survive_the_language_switch(laptop, areas):
    page = laptop.post("/en/counter/", {"query": "សុខា", "_switch": "en"}).content.decode()
    assert 'value="សុខា"' in page
    assert not AuditEvent.objects.filter(action="search").exists()


def test_an_unfinished_registration_is_taken_up_in_a_new_assisted_session(
    new_assisted_session, commune_clerk, other_laptop
):
    new_assisted_session.post("consent", {"agree": "on"})
    new_assisted_session.post("name", {"given_name": "សុខា"}, 1)
    new_assisted_session.client.post("/km/counter/end/")
    draft = str(Draft.objects.get().pk)
    assert draft in new_assisted_session.client.get("/km/counter/").content.decode()
    assert "សុខា" not in other_laptop.post("/km/counter/", {"resume": draft}).content.decode()
    new_assisted_session.client.post("/km/counter/", {"resume": draft})
    new_assisted_session.client.post("/km/counter/open/", {"reason": "register", "agree": "on"})
    assert new_assisted_session.client.get("/km/register/").url == "/km/register/household/"


def test_an_unfinished_registration_can_be_deleted(new_assisted_session):
    new_assisted_session.post("consent", {"agree": "on"})
    new_assisted_session.client.post("/km/counter/end/")
    new_assisted_session.client.post("/km/counter/", {"forget": str(Draft.objects.get().pk)})
    assert not Draft.objects.exists()


def test_an_official_without_an_area_is_told_and_begins_nothing(laptop, commune_clerk, areas):
    type(commune_clerk).objects.update(area_code="")
    assert "message warning" in laptop.get("/km/counter/").content.decode()
    begin_household(laptop)
    assert laptop.get("/km/counter/open/").url == "/km/counter/"


def test_a_new_household_begins_only_after_a_search(laptop, areas):
    assert 'name="new"' not in laptop.get("/km/counter/").content.decode()
    assert laptop.post("/km/counter/", {"new": "yes"}, follow=True).redirect_chain == [("/km/counter/", 302)]
    assert laptop.get("/km/counter/open/").url == "/km/counter/"
    assert 'name="new"' in laptop.post("/km/counter/", {"query": "សុខ សុខា"}).content.decode()
    assert laptop.post("/km/counter/", {"new": "yes"}).url == "/km/counter/open/"


def test_each_new_household_has_a_search_of_its_own(laptop, areas):
    laptop.post("/km/counter/", {"query": "សុខ សុខា"})
    laptop.post("/km/counter/", {"new": "yes"})
    assert laptop.post("/km/counter/", {"new": "yes"}).url == "/km/counter/"


@pytest.mark.parametrize(("language", "words"), [("km", "បត់ត្រង់"), ("en", "Bat Trang")])
def test_a_number_of_another_commune_says_where_it_belongs_and_begins_nothing(
    laptop, areas, other_clerk, language, words
):
    register_household(
        actor=other_clerk, details=replace(details_of_one(), village_code="01020201", operators=())
    )
    theirs = Person.objects.get()
    page = laptop.post(f"/{language}/counter/", {"query": theirs.spid}).content.decode()
    assert words in page
    assert 'name="new"' not in page
    for secret in (theirs.family_name, theirs.given_name, "ខ្ទុម្ពរាយ", "Khtum Reay"):
        assert secret not in page.replace('value="', "")
    assert laptop.post(f"/{language}/counter/", {"new": "yes"}).url == f"/{language}/counter/"


def test_a_place_narrows_a_search_by_name(laptop, registered):
    page = laptop.post("/en/counter/", {"query": "sokha", "place": "Ou Thum"}).content.decode()
    assert registered.spid_grouped in page
    page = laptop.post("/en/counter/", {"query": "sokha", "place": "Phnum"}).content.decode()
    assert registered.spid_grouped not in page


@pytest.mark.parametrize(("language", "words"), [("en", "None of those found"), ("km", "មិនមែនអ្នកដែលរកឃើញ")])
def test_where_somebody_is_found_it_is_said_that_it_is_none_of_them(laptop, registered, language, words):
    page = laptop.post(f"/{language}/counter/", {"query": "sokha"}).content.decode()
    assert registered.spid_grouped in page
    assert words in page
    assert laptop.post(f"/{language}/counter/", {"new": "yes"}).url == f"/{language}/counter/"
    begun = laptop.post(f"/{language}/counter/", {"new": "none_of_these"})
    assert begun.url == f"/{language}/counter/open/"


@pytest.mark.parametrize(("language", "words"), [("en", "at least 3 characters"), ("km", "យ៉ាងតិច 3 តួ")])
@pytest.mark.parametrize("query", ["so", "12", "សុ"])
def test_nobody_is_registered_after_a_search_by_less_than_three_characters(
    laptop, registered, language, words, query
):
    page = laptop.post(f"/{language}/counter/", {"query": query}).content.decode()
    assert words in page
    assert 'name="new"' not in page
    assert laptop.post(f"/{language}/counter/", {"new": "yes"}).url == f"/{language}/counter/"
    assert laptop.get(f"/{language}/counter/open/").url == f"/{language}/counter/"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Search for the person first"), ("km", "សូមស្វែងរកបុគ្គលនេះជាមុនសិន")]
)
def test_a_search_serves_no_other_family_than_its_own(laptop, registered, language, words):
    laptop.post(f"/{language}/counter/", {"query": "sokha"})
    laptop.post(f"/{language}/counter/", {"person": registered.spid})
    assert laptop.post(f"/{language}/counter/open/", OPEN).url == f"/{language}/my/"
    laptop.post(f"/{language}/counter/end/")
    assert 'name="new"' not in laptop.get(f"/{language}/counter/").content.decode()
    refused = laptop.post(f"/{language}/counter/", {"new": "none_of_these"}, follow=True)
    assert refused.redirect_chain == [(f"/{language}/counter/", 302)]
    assert words in refused.content.decode()

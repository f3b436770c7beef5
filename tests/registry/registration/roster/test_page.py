"""The page of the roster: what is saved, what is said where something is wrong, and what comes after it."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.khmer.dates import PartialDate
from registry.models import Draft, Household, Person, VillageDay
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.pages import HEAD, Family
from tests.registry.registration.roster.cast import FAMILY, PAGE, PISETH, PLACE, SOKHA, VUTHY, Counter, row

pytestmark = pytest.mark.django_db

NO_ONE = {"difficulty": "nobody", "pregnant": "nobody", "studying": "row-3", "working": ["row-1", "row-2"]}


@pytest.fixture
def counter(laptop, areas, consent_agreements):
    return Counter(laptop)


def members():
    return Draft.objects.get().answers["members"]


def names():
    return [one["given_name"] for one in members()]


def test_a_household_is_registered_from_one_page(counter):
    assert counter.save(FAMILY).url == "/km/register/health/"
    assert counter.client.post("/km/register/health/", NO_ONE).url == "/km/register/check/"
    assert Family(counter.client).confirm().url == "/km/registered/"
    persons = {one.given_name: one for one in Person.objects.all()}
    assert Household.objects.get().village_id == "01020101"
    assert persons.keys() == {"សុខា", "វុទ្ធី", "ពិសិដ្ឋ"}
    assert str(persons["វុទ្ធី"].born) == "1982-11-02"
    assert str(persons["ពិសិដ្ឋ"].born) == "2015"
    assert (persons["ពិសិដ្ឋ"].studying, persons["ពិសិដ្ឋ"].seeing) == (True, 1)
    assert (persons["វុទ្ធី"].working, persons["វុទ្ធី"].pregnant) == (True, None)
    assert persons["សុខា"].phone == "+85512345678"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Row 2: This date does not exist"), ("km", "ជួរទី 2៖ ")]
)
def test_an_error_is_said_at_its_row_and_the_other_rows_are_saved(
    laptop, areas, consent_agreements, language, words
):
    counter = Counter(laptop, language)
    shown = counter.save(FAMILY, {"m2-born": "31/2/1982"}).content.decode()
    assert words in shown
    assert 'href="#id_m2-born"' in shown
    assert 'value="31/2/1982"' in shown
    assert names() == ["សុខា", "វុទ្ធី", "ពិសិដ្ឋ"]
    assert "birth" not in members()[1]["done"]
    assert counter.client.get(f"/{language}/register/check/").url == counter.page


def test_the_same_sent_twice_adds_nobody_twice(counter):
    for _double_click in range(2):
        assert counter.save(FAMILY).url == "/km/register/health/"
    assert names() == ["សុខា", "វុទ្ធី", "ពិសិដ្ឋ"]


def test_rows_are_saved_one_by_one_and_stay_where_they_are(counter):
    for part in (SOKHA, VUTHY, PISETH, VUTHY):
        found = counter.in_background(PLACE, part)
        assert not any(one["errors"] for one in found["rows"].values())
    assert found["count"] == 3
    assert names() == ["សុខា", "វុទ្ធី", "ពិសិដ្ឋ"]
    assert not Draft.objects.get().answers["no_more"]


def test_a_row_is_corrected_from_the_page_that_saved_it(counter):
    counter.in_background(PLACE, SOKHA)
    counter.in_background(PLACE, SOKHA, {"m1-given_name": "សុខនី"})
    assert names() == ["សុខនី"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", "was changed in another window"), ("km", "ជួរនេះត្រូវបានកែក្នុងផ្ទាំងមួយទៀត")]
)
def test_a_row_that_another_window_changed_is_not_overwritten(
    laptop, areas, consent_agreements, language, words
):
    counter = Counter(laptop, language)
    counter.save(FAMILY)
    other = {"window": "w2", "m2-base": "of the page before", "m2-given_name": "វណ្ណា"}
    shown = counter.save(FAMILY, other).content.decode()
    assert words in shown
    assert 'value="វណ្ណា"' in shown
    assert names()[1] == "វុទ្ធី"
    base = re.search(r'name="m2-base" value="(\w+)"', shown)[1]
    counter.save(FAMILY, other, {"m2-base": base})
    assert names()[1] == "វណ្ណា"


def test_two_windows_that_add_a_second_person_add_two(counter):
    counter.save(PLACE, SOKHA, VUTHY, {"add": "yes"})
    second = {name.replace("m3-", "m2-"): value for name, value in PISETH.items()}
    counter.save(PLACE, {"window": "w2"}, second)
    assert names() == ["សុខា", "វុទ្ធី", "ពិសិដ្ឋ"]


def test_what_cannot_be_is_refused_at_the_row(counter):
    shown = counter.save(FAMILY, {"m3-born": "1970"}).content.decode()
    assert 'href="#id_m3-born"' in shown
    assert "born" not in members()[2]


def test_what_is_rare_is_asked_on_its_own_page_after(counter):
    asked = counter.save(FAMILY, {"m3-born": "1998"}).url
    assert asked == "/km/register/member/3/rare/"
    assert Family(counter.client).confirm_rare(3).url == "/km/register/health/"


def test_who_is_alike_is_asked_about_after(counter, commune_clerk):
    known = person_details(given_name="សុខា", born=PartialDate(date(1985, 3, 27)), phone="")
    register_household(actor=commune_clerk, details=household_details(known))
    assert counter.save(FAMILY).url == "/km/register/member/1/alike/"


def test_a_document_that_somebody_has_is_told(counter, other_clerk):
    known = person_details(given_name="ហេង", document_type="identity_card", document_number="010203045")
    register_household(actor=other_clerk, details=household_details(known, village_code="01020201"))
    found = counter.in_background(PLACE, SOKHA)
    assert found["rows"]["1"]["taken"]
    assert counter.save(FAMILY).url == "/km/register/member/1/already/"


def test_somebody_is_removed_after_the_others_are_saved(counter):
    counter.save(PLACE, SOKHA, VUTHY, PISETH, {"add": "yes"})
    page = counter.save(FAMILY, {"m3-given_name": "ពិសី", "remove": "2"}).url
    assert page == "/km/register/member/2/remove/"
    assert counter.client.post(page).url == counter.page
    assert names() == ["សុខា", "ពិសី"]


def test_the_language_is_changed_with_what_was_typed(counter):
    shown = counter.save(FAMILY, {"_switch": "en", "m2-born": "31/2/1982"}).content.decode()
    assert 'value="31/2/1982"' in shown
    assert 'class="error"' not in shown.replace('class="error" data-row-error', "")
    assert not Draft.objects.get().answers.get("members")


def test_without_the_head_nobody_is_stored(counter):
    counter.save(PLACE, row(1), VUTHY)
    assert not Draft.objects.get().answers["members"]


def another_household(counter):
    AssistedSession.objects.update(ended_at="2026-11-30T00:00Z")
    return Counter(counter.client).shown()


def village_day(clerk, village, **days):
    day = VillageDay.objects.create(
        day=timezone.localdate() + timedelta(**days), village_id=village, chosen="all", planned_by=clerk
    )
    day.officials.add(clerk)
    return day


def chosen_village(page):
    return re.findall(r'value="(\d{8})" selected', page)


def has_focus(page, name):
    return bool(re.search(rf'<[^>]*name="{name}"[^>]*autofocus', page))


def test_nothing_of_the_last_household_is_on_the_page_of_the_next(counter):
    counter.save(FAMILY)
    counter.client.post("/km/register/health/", NO_ONE)
    Family(counter.client).confirm()
    page = another_household(counter)
    assert chosen_village(page) == []
    assert has_focus(page, "village_code")


def test_nor_of_one_that_is_half_written(counter):
    counter.save(PLACE, SOKHA)
    assert chosen_village(another_household(counter)) == []


def test_on_a_village_day_its_village_is_chosen_and_the_hand_begins_at_the_name(counter, commune_clerk):
    village_day(commune_clerk, "01020102")
    page = counter.shown()
    assert chosen_village(page) == ["01020102"]
    assert has_focus(page, "m1-family_name")


def test_only_on_one_of_this_official_of_today(counter, commune_clerk, second_clerk):
    village_day(second_clerk, "01020102")
    village_day(commune_clerk, "01020102", days=-1)
    cancelled = village_day(commune_clerk, "01020102")
    VillageDay.objects.filter(pk=cancelled.pk).update(cancelled_at=timezone.now())
    assert chosen_village(counter.shown()) == []


def test_whose_village_is_not_sure_is_asked(counter, commune_clerk):
    village_day(commune_clerk, "01020101")
    village_day(commune_clerk, "01020102")
    assert chosen_village(counter.shown()) == []


def test_a_citizen_answers_one_question_a_page(registering_family):
    assert registering_family.client.get(PAGE.format("km")).url == "/km/register/"
    assert registering_family.post("consent", HEAD["consent"]).url == "/km/register/member/1/name/"

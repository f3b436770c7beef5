"""Refused at the page where it is typed, asked where it is rare, and shown to a second person."""

from datetime import date

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.access import step_up
from registry.errors import InvalidDetails, Outdated
from registry.models import ChangeDraft, ChangeRequest, Draft, Household, Person, RareFact
from registry.my_data.registry_sections import rare_facts
from registry.my_data.sections import DataSubject
from registry.persons.plausible import findings_of
from registry.plausibility.findings import unconfirmed
from registry.plausibility.rules import RULE_OF
from registry.plausibility.wizard import CONFIRMED
from registry.registration.services import register_household
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.changes.cast import BABY, about, ask, decide
from tests.registry.pages import confirm, shown_on
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

BIRTH, DEATH = "/en/my/changes/birth/", "/en/my/changes/death/"
BABY_OF_BOPHA = {
    "name": {"given_name": "ថ្មី"},
    "sex": {"sex": "female"},
    "birth": {"born_day": "1", "born_month": "11", "born_year": "2026"},
}
ABOUT_THE_BABY = {"relationship": {"relationship": "grandchild"}, "document": {"document_type": "none"}}


def born(person: Person, day: date) -> Person:
    Person.objects.filter(pk=person.pk).update(date_of_birth=day)
    person.refresh_from_db()
    return person


def post(client, *steps: dict, root: str = BIRTH):
    for one in steps:
        for step, data in one.items():
            answer = client.post(f"{root}{step}/", data)
    return answer


@pytest.fixture
def bopha(people):
    """The daughter, at eleven."""
    return born(people["បុប្ផា"], date(2015, 6, 1))


@pytest.fixture
def told(bopha, phone_of_sokha):
    """A birth whose mother was eleven, up to the question whether that is right."""
    mother = {"mother": {"mother": bopha.spid}}
    answer = post(phone_of_sokha, BABY_OF_BOPHA, mother, ABOUT_THE_BABY)
    assert answer.url == f"{BIRTH}rare/"
    return phone_of_sokha


def yes(client, root: str = BIRTH):
    return client.post(f"{root}rare/", {"right": "yes", **shown_on(client, f"{root}rare/")})


def test_what_cannot_be_is_refused_at_its_page_and_not_stored(people, phone_of_sokha):
    post(phone_of_sokha, BABY_OF_BOPHA)
    answer = post(phone_of_sokha, {"mother": {"mother": people["បុប្ផា"].spid}})  # she is seven
    assert answer.status_code == 200
    assert "cannot be the mother of ថ្មី (01/11/2026)" in answer.content.decode()
    assert "mother" not in ChangeDraft.objects.get().answers


def test_what_is_rare_is_asked_before_the_check_page(told):
    page = told.get(f"{BIRTH}rare/").content.decode()
    assert "(01/06/2015)" in page
    assert "was 11 years old when" in page
    assert told.get(f"{BIRTH}check/").url == f"{BIRTH}rare/"


def test_no_leads_to_where_it_is_changed(told):
    assert told.post(f"{BIRTH}rare/", {"right": "no"}).url == f"{BIRTH}mother/"
    assert told.get(f"{BIRTH}check/").url == f"{BIRTH}rare/"


def test_only_what_was_shown_is_confirmed(told):
    page = told.post(f"{BIRTH}rare/", {"right": "yes", "shown": "0" * 64})
    assert page.status_code == 200
    assert "have changed since this page was shown" in page.content.decode()
    assert f'value="{shown_on(told, f"{BIRTH}rare/")["shown"]}"' in page.content.decode()


def test_a_confirmation_is_for_exactly_these_facts(told):
    assert yes(told).url == f"{BIRTH}check/"
    another_day = {"birth": {"born_day": "2", "born_month": "11", "born_year": "2026"}}
    assert post(told, another_day).url == f"{BIRTH}rare/"
    related = {"relationship": ABOUT_THE_BABY["relationship"]}
    assert post(told, {"mother": {"mother": "none"}}, related).url == f"{BIRTH}check/"


def test_the_commune_reads_what_was_confirmed(told, commune_clerk):
    yes(told)
    assert "was 11 years old when" in told.get(f"{BIRTH}check/").content.decode()
    confirm(told, f"{BIRTH}check/")
    request = ChangeRequest.objects.get()
    page = browser(commune_clerk).get(f"/en/counter/changes/{request.reference}/").content.decode()
    assert "Rare, and said to be right" in page
    assert "was 11 years old when ថ្មី" in page


def test_what_cannot_be_by_now_is_not_applied(people, sokha, commune_clerk):
    """A correction meanwhile made the mother a child of eight."""
    mother = born(people["បុប្ផា"], date(2000, 1, 1))
    answers = {**BABY, "mother": {"mother": mother.spid}, "relationship": {"relationship": "grandchild"}}
    request = ask(sokha, "birth", **answers)
    born(mother, date(2018, 1, 1))
    with pytest.raises(Outdated, match="បុប្ផា"):
        decide(request, commune_clerk)


def test_a_correction_is_refused_where_a_relation_becomes_impossible(people, phone_of_sokha):
    root = "/en/my/changes/birth-date/"
    post(phone_of_sokha, {"who": about(people["ពិសិដ្ឋ"])}, root=root)
    answer = post(phone_of_sokha, {"birth": {"born_year": "1950"}}, root=root)
    assert "cannot be the father or mother of" in answer.content.decode()


def test_a_correction_that_mends_one_of_two_wrong_dates_is_asked(people, phone_of_sokha):
    root = "/en/my/changes/birth-date/"
    born(people["ពិសិដ្ឋ"], date(1950, 1, 1))
    born(people["ស៊ុខា"], date(2020, 1, 1))
    post(phone_of_sokha, {"who": about(people["ស៊ុខា"])}, root=root)
    assert post(phone_of_sokha, {"birth": {"born_year": "1960"}}, root=root).url == f"{root}rare/"


@pytest.fixture
def death_of_an_elder(people, phone_of_sokha):
    born(people["ពិសិដ្ឋ"], date(1940, 1, 5))
    post(phone_of_sokha, {"who": about(people["ពិសិដ្ឋ"])}, root=DEATH)
    return phone_of_sokha


def test_a_death_in_1950_is_refused(death_of_an_elder):
    page = post(death_of_an_elder, {"died": {"died_year": "1950"}}, root=DEATH).content.decode()
    assert "too long ago for somebody who is registered" in page


def test_a_death_told_ten_years_late_is_asked_and_kept(death_of_an_elder):
    assert post(death_of_an_elder, {"died": {"died_year": "2016"}}, root=DEATH).url == f"{DEATH}rare/"
    assert yes(death_of_an_elder, DEATH).url == f"{DEATH}check/"
    confirm(death_of_an_elder, f"{DEATH}check/")
    (fact,) = ChangeRequest.objects.get().answers["rare"]["confirmed"]
    assert (fact["rule"], fact["number"]) == ("death-told", [9, 10])


def test_a_newborn_is_no_spouse(registering_family):
    registering_family.head()
    registering_family.child(relationship={"relationship": "spouse"}, birth={"born_year": "2026"})
    page = registering_family.post("birth", {"born_year": "2026"}, 2).content.decode()
    assert str(RULE_OF["spouse-age"].refusal).partition("%(spouse)s")[2] in page
    assert "born" not in Draft.objects.get().answers["members"][1]


def test_a_correction_of_the_head_asks_about_the_members_it_concerns(registering_family):
    registering_family.head()
    registering_family.child()
    registering_family.post("members", {"more": "no"})
    answer = registering_family.post("birth", {"born_year": "2003"}, 1, "?return=check")
    assert answer.url == "/km/register/member/2/rare/?return=check"


def test_what_was_said_at_a_registration_is_kept_and_shown(registering_family, steward):
    registering_family.head(birth={"born_day": "1", "born_month": "1", "born_year": "2003"})
    registering_family.child()
    registering_family.confirm_rare(2)
    registering_family.post("document", {"document_type": "none"}, 2)
    assert registering_family.finish(2).url == "/km/registered/"
    kept = RareFact.objects.get()
    assert (kept.rule, kept.household) == ("parent-age", Household.objects.get())
    child = Person.objects.get(given_name="ពិសិដ្ឋ")
    client = browser(steward)
    listed = client.get("/en/admin/registry/rarefact/").content.decode()
    assert kept.household.number in listed
    assert "Age of a father or mother at the birth" in listed
    assert child.given_name not in listed
    record = client.get(f"/en/admin/registry/person/{child.pk}/change/?reason=question").content.decode()
    words = "was 12 years old when សុខ ពិសិដ្ឋ (2015)"
    assert words in record
    subject = DataSubject(person=child, household=kept.household, members=())
    with translation.override("en"):
        assert [words in row["said"] for row in rare_facts(subject)] == [True]


def test_all_that_is_rare_in_a_household_is_asked_after_its_members(registering_family):
    registering_family.head()
    registering_family.child(relationship={"relationship": "other_relative"})
    draft = Draft.objects.get()
    one = draft.answers["members"][-1]
    draft.answers["members"] += [
        {**one, "id": number, "given_name": "ក" + "ខ" * number} for number in range(3, 21)
    ]
    draft.answers["last"] = 20
    draft.save()
    assert registering_family.post("members", {"more": "no"}).url == "/km/register/rare/"
    assert registering_family.confirm_rare().url.startswith("/km/register/member/1/circumstances/")


def test_the_service_takes_nothing_rare_that_was_not_confirmed(areas, sokha):
    details = household_details(person_details(date_of_birth=date(2006, 1, 1)), child_details())
    with pytest.raises(InvalidDetails, match="unconfirmed"):
        register_household(actor=sokha, details=details)
    facts = tuple(one.fact for one in unconfirmed(findings_of(details), ()))
    register_household(actor=sokha, details=household_details(*details.members, confirmed=facts))
    assert RareFact.objects.get().persons


def test_the_service_takes_nothing_that_cannot_be(areas, sokha):
    details = household_details(person_details(), child_details(date_of_birth=date(1950, 1, 1)))
    with pytest.raises(InvalidDetails, match="parent-age"):
        register_household(actor=sokha, details=details)


@pytest.mark.parametrize(("year", "answer"), [("2020", "too young to receive"), ("2010", "rare/")])
def test_a_child_who_is_to_receive_the_money_is_refused_or_asked(people, phone_of_sokha, year, answer):
    child = born(people["បុប្ផា"], date(int(year), 6, 1))
    session = phone_of_sokha.session
    session[step_up.PROVED] = int(timezone.now().timestamp())
    session.save()
    page = post(phone_of_sokha, {"payee": {"payee": "", "person": child.spid}}, root="/en/my/changes/payee/")
    assert answer in (page.url if page.status_code == 302 else page.content.decode())


def test_what_is_rare_about_a_member_stands_on_the_check_page_of_a_registration(registering_family):
    """A father or mother of thirteen."""
    registering_family.head()
    registering_family.child(birth={"born_year": "1998"})
    registering_family.confirm_rare(2)
    registering_family.post("document", {"document_type": "none"}, 2)
    registering_family.post("members", {"more": "no"})
    for number in (1, 2):
        registering_family.post("circumstances", {}, number)
    page = registering_family.client.get(f"{registering_family.root}check/")
    assert page.status_code == 200
    with translation.override("km"):
        assert str(CONFIRMED) in page.content.decode()

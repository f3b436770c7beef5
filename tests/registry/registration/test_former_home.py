"""A household that ended, and comes back into the registry together: every record and SPID stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.khmer.dates import PartialDate
from registry.errors import AlreadyRegistered, InvalidDetails
from registry.models import Household, Person
from registry.persons.households import home_now, members_of
from registry.persons.writer import PersonWriter
from registry.registration.services import register_household
from tests.registry.cast import child_details, household_details, person_details
from tests.registry.pages import Family
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
VILLAGE = "01020201"


def leave(household, *names, on=None):
    """Everybody, or those named."""
    day = on or timezone.localdate()
    with PersonWriter() as writer:
        for one in members_of(household):
            if not names or one.person.given_name in names:
                writer.update_membership(one, ended_on=day)
        if not names:
            writer.update_household(household, closed_on=day)


@pytest.fixture
def ended(maly):
    """Heng, who signs in, his wife Maly, who has a phone of her own, and Rith of seven."""
    household = maly.memberships.get().household
    leave(household)
    return household


def back(head, *others):
    """The details of this head who returns, with these others."""
    details = household_details(person_details(born=head.born), *others, village_code=VILLAGE)
    return replace(details, returning=head.spid)


def brought(person, **changes):
    entered = child_details(given_name=person.given_name, family_name=person.family_name, born=person.born)
    return replace(entered, returning=person.spid, **changes)


def typed(person, **changes):
    return replace(brought(person), returning="", **changes)


def living_in(household):
    return {one.person for one in members_of(household)}


# --- whom the head brings back


def test_a_child_keeps_its_record(ended, heng, rith):
    before = Person.objects.count()
    home = register_household(actor=heng, details=back(heng.person, brought(rith)))
    assert living_in(home) == {heng.person, rith}
    assert Person.objects.count() == before


def test_so_does_an_adult_without_account_and_phone(family, sokha, people):
    leave(family)
    grown_up = people["ពិសិដ្ឋ"]
    home = register_household(actor=sokha, details=back(sokha.person, brought(grown_up)))
    assert grown_up in living_in(home)


def test_the_spouse_brings_the_child_too(ended, maly_at_home, rith):
    home = register_household(actor=maly_at_home, details=back(maly_at_home.person, brought(rith)))
    assert living_in(home) == {maly_at_home.person, rith}


def test_what_is_recorded_stays_whatever_is_sent(ended, heng, rith):
    other = brought(rith, given_name="ដារា", sex="male" if rith.sex == "female" else "female")
    register_household(actor=heng, details=back(heng.person, other))
    after = Person.objects.get(pk=rith.pk)
    assert (after.name, after.sex) == (rith.name, rith.sex)


def test_at_the_counter_the_child_comes_along_too(family, sokha, people, commune_clerk):
    leave(family)
    head, child = sokha.person, people["បុប្ផា"]
    Person.objects.filter(pk=head.pk).update(account=None)
    case = AssistedSession.objects.create(
        official=commune_clerk, subject_id=head.pk, reason="account", consent_text="x"
    )
    details = replace(back(head, brought(child)), village_code="01020101")
    home = register_household(actor=commune_clerk, details=details, assisted_session=case)
    assert child in living_in(home)


# --- whom nobody brings back


def refuse(actor, details, error=AlreadyRegistered):
    before = Household.objects.count()
    with pytest.raises(error) as refused:
        register_household(actor=actor, details=details)
    assert Household.objects.count() == before
    return refused.value


def test_an_adult_with_a_phone_agrees_herself(ended, heng, maly):
    assert refuse(heng, back(heng.person, brought(maly, relationship="spouse"))).member == 1


def test_a_child_who_left_before(maly, heng, rith):
    household = home_now(rith)
    leave(household, rith.given_name, on=timezone.localdate() - timedelta(days=1))
    leave(household)
    refuse(heng, back(heng.person, brought(rith)))


def test_a_child_who_stayed(maly, heng, rith):
    leave(home_now(rith), heng.person.given_name)
    refuse(heng, back(heng.person, brought(rith)))


def test_a_grown_up_child_of_the_household_brings_nobody(family, people):
    """Neither head nor spouse there."""
    leave(family)
    brother = people["ពិសិដ្ឋ"]
    brother.account = User.objects.create_citizen(phone="+85516000778")
    brother.save(update_fields=["account"])
    refuse(brother.account, back(brother, brought(people["បុប្ផា"], relationship="sibling")))


def test_who_does_not_return_brings_nobody(ended, sokha, rith):
    details = household_details(person_details(), brought(rith), village_code=VILLAGE)
    refuse(sokha, details, PermissionDenied)


# --- who is entered as new


@pytest.mark.parametrize("born", ["recorded", "the year"])
def test_a_former_member_entered_as_new_is_asked_about(ended, heng, rith, born):
    changes = {} if born == "recorded" else {"born": PartialDate.parse(str(rith.born)[:4])}
    error = refuse(heng, back(heng.person, typed(rith, **changes)), InvalidDetails)
    assert [(one.code, one.member) for one in error.problems] == [("lived_with_head", 1)]
    assert rith.spid_grouped in error.problems[0].message


def test_so_is_one_who_lives_there_still(maly, heng):
    leave(home_now(maly), heng.person.given_name)
    error = refuse(heng, back(heng.person, typed(maly, relationship="spouse")), InvalidDetails)
    assert maly.spid_grouped in error.problems[0].message


@pytest.mark.parametrize("differs", ["name", "date of birth"])
def test_somebody_else_is_registered(ended, heng, rith, differs):
    changes = {
        "name": {"given_name": "ដារា"},
        "date of birth": {"born": PartialDate.parse("2015-05-05")},
    }[differs]
    home = register_household(actor=heng, details=back(heng.person, typed(rith, **changes)))
    assert rith not in living_in(home)


def test_nothing_is_told_of_another_household(ended, heng, rith, sokha):
    """Sokha never lived with them."""
    details = household_details(person_details(), typed(rith), village_code=VILLAGE)
    assert rith not in living_in(register_household(actor=sokha, details=details))


# --- the pages


def begun(account, language="en"):
    family = Family(browser(account), language)
    family.post("consent", {"agree": "on", "operators": []})
    family.post("place", {"village_code": VILLAGE, "address": ""}, query="?in=010202")
    return family


def page(family, path):
    return family.client.get(f"{family.root}{path}").content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_head_ticks_the_child_and_reads_how_his_wife_comes_back(ended, heng, maly, rith, language):
    family = begun(heng, language)
    asked = page(family, "again/")
    assert {"km": "អ្នកណាខ្លះក្នុងគ្រួសារមុន", "en": "Who of your last household"}[language] in asked
    assert f'value="{rith.spid}"' in asked
    assert f'value="{maly.spid}"' not in asked
    assert maly.spid_grouped in asked
    family.post("again", {"again": [rith.spid]})
    assert family.finish(2).status_code == 302
    assert living_in(home_now(heng.person)) == {heng.person, rith}


def test_the_spouse_says_how_the_child_is_related_to_her(ended, maly_at_home, rith):
    family = begun(maly_at_home)
    answer = family.post("again", {"again": [rith.spid]})
    assert answer.url == "/en/register/member/2/relationship/"


def test_who_is_taken_off_the_list_is_not_brought(ended, heng, rith):
    family = begun(heng)
    family.post("again", {"again": [rith.spid]})
    family.client.post(f"{family.root}member/2/remove/", {})
    family.finish()
    assert living_in(home_now(heng.person)) == {heng.person}


def test_who_was_registered_meanwhile_is_on_the_list_no_more(ended, heng, maly_at_home, rith):
    family = begun(heng)
    family.post("again", {"again": [rith.spid]})
    register_household(actor=maly_at_home, details=back(maly_at_home.person, brought(rith)))
    assert rith.given_name not in page(family, "members/")


def test_it_is_not_asked_where_nobody_lived_with_them(family_of_one, sokha):
    leave(family_of_one)
    assert begun(sokha).client.get("/en/register/").url == "/en/register/members/"


def entered_as_new(family, person):
    family.post("again", {"again": []})
    birth = {"born_year": str(person.born)[:4]}
    name = {"family_name": person.family_name, "given_name": person.given_name}
    return family.child(2, name=name, birth=birth)


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_page_asks_at_once_whether_it_is_the_child(ended, heng, rith, language):
    family = begun(heng, language)
    answer = entered_as_new(family, rith)
    assert answer.url == f"/{language}/register/members/"
    assert rith.spid_grouped in page(family, "members/")


def test_nothing_is_sent_while_the_child_stands_there_as_new(ended, heng, rith):
    family = begun(heng)
    entered_as_new(family, rith)
    answer = family.finish(2)
    assert 'href="/en/register/members/?return=check"' in answer.content.decode()
    assert rith.spid_grouped in answer.content.decode()
    assert home_now(heng.person) is None


@pytest.mark.parametrize("language", ["km", "en"])
def test_signed_in_nobody_is_named_by_spid(areas, sokha, language):
    """It could never succeed. The page says what to do instead."""
    family = Family(browser(sokha), language)
    family.head()
    family.child(2)
    shown = " ".join(page(family, "member/2/document/").split())
    words = {"km": "មាន SPID រួចហើយ", "en": "Afterwards tell “Somebody moved in with us”"}[language]
    assert 'value="spid"' not in shown
    assert words in shown

"""Whoever moved out and lives in no household registers one of their own, and keeps the SPID."""

from dataclasses import replace

import pytest

from dsp_platform.accounts.models import AssistedSession
from registry.errors import AlreadyRegistered, MoverConfirmationNeeded
from registry.home.to_do import ways_back
from registry.identity.spid import new_spid
from registry.models import Person
from registry.persons.households import household_of
from registry.registration.services import register_household
from tests.registry.cast import household_details, official, person_details
from tests.registry.changes.cast import about, ask, decide
from tests.registry.pages import Family
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
VILLAGE = "01020201"


@pytest.fixture
def away(maly, maly_at_home, other_clerk):
    """Maly lives elsewhere, in no household."""
    decide(ask(maly_at_home, "leaves", who=about(maly), where={"where": "elsewhere"}), other_clerk)
    return Person.objects.get(pk=maly.pk)


@pytest.fixture
def at_counter(away):
    """With an official of where she lived."""
    clerk = official("clerk.three", VILLAGE[:6])
    return AssistedSession.objects.create(
        official=clerk, subject_id=away.pk, reason="account", consent_text="x"
    )


def entered(person: Person, **changes):
    """A household of her alone, as she would be entered anew."""
    head = person_details(
        family_name=person.family_name,
        given_name=person.given_name,
        latin_family_name=person.latin_family_name,
        latin_given_name=person.latin_given_name,
        sex=person.sex,
        born=person.born,
        **changes,
    )
    return household_details(head, village_code=VILLAGE)


@pytest.mark.parametrize("language", ["km", "en"])
def test_her_page_and_the_page_of_changes_lead_there(away, language):
    words = {"km": "ចុះបញ្ជីគ្រួសាររបស់អ្នកផ្ទាល់", "en": "Register a household of your own"}[language]
    for page in ("my/", "my/changes/"):
        assert words in browser(away.account).get(f"/{language}/{page}").content.decode()


def test_signed_in_she_is_asked_nothing_that_her_record_knows(away):
    client = browser(away.account)
    family = Family(client, "en")
    family.post("consent", {"agree": "on", "operators": []})
    assert client.get("/en/register/")["Location"] == "/en/register/place/"
    family.post("place", {"village_code": VILLAGE, "address": ""}, query="?in=010202")
    family.finish()
    home = household_of(Person.objects.get(pk=away.pk))
    assert home is not None
    assert [one.person for one in home.memberships.all()] == [away]
    assert Person.objects.filter(given_name=away.given_name).count() == 1


def test_what_is_recorded_of_her_stays_whatever_is_entered(away):
    details = entered(away)
    other = replace(details.members[0], given_name="ដារា", sex="male")
    register_household(actor=away.account, details=replace(details, members=(other,), returning=away.spid))
    after = Person.objects.get(pk=away.pk)
    assert (after.name, after.sex, after.spid) == (away.name, away.sex, away.spid)


def test_at_the_counter_her_phone_is_asked(away, at_counter):
    """As for everybody whom an official moves into a household."""
    details = replace(entered(away), returning=away.spid)
    with pytest.raises(MoverConfirmationNeeded):
        register_household(actor=at_counter.official, details=details, assisted_session=at_counter)


def test_without_a_phone_the_counter_registers_her(phoneless_away):
    clerk = official("clerk.five", VILLAGE[:6])
    session = AssistedSession.objects.create(
        official=clerk, subject_id=phoneless_away.pk, reason="account", consent_text="x"
    )
    details = replace(entered(phoneless_away), returning=phoneless_away.spid)
    home = register_household(actor=clerk, details=details, assisted_session=session)
    assert home.memberships.get().person == phoneless_away


@pytest.mark.parametrize("whose", ["nobody", "another"])
def test_nobody_returns_as_somebody_else(away, heng, whose):
    spid = {"nobody": "", "another": heng.person.spid}[whose]
    with pytest.raises(AlreadyRegistered):
        register_household(actor=away.account, details=replace(entered(away), returning=spid))
    assert household_of(Person.objects.get(pk=away.pk)) is None


def test_who_lives_in_a_household_does_not_return(heng):
    with pytest.raises(AlreadyRegistered):
        register_household(actor=heng, details=replace(entered(heng.person), returning=heng.person.spid))


# --- in another commune, by the SPID that she has with her


@pytest.fixture
def phoneless_away(phoneless, maly, heng, other_clerk):
    session = AssistedSession.objects.create(
        official=official("clerk.four", VILLAGE[:6]),
        subject_id=maly.pk,
        reason="account",
        consent_text="x",
    )
    leaves = ask(session.official, "leaves", session, who=about(phoneless), where={"where": "elsewhere"})
    decide(leaves, other_clerk)
    AssistedSession.objects.filter(pk=session.pk).update(ended_at=leaves.asked_at)
    return Person.objects.get(pk=maly.pk)


def register_by_spid(clerk, person, spid, **changes):
    session = AssistedSession.objects.create(official=clerk, reason="register", consent_text="x")
    details = entered(person, document_type="spid", document_number=spid)
    head = replace(details.members[0], **changes)
    elsewhere = replace(details, members=(head,), village_code="01020101")
    return register_household(actor=clerk, details=elsewhere, assisted_session=session)


def test_another_commune_registers_her_by_her_spid(phoneless_away, commune_clerk):
    home = register_by_spid(commune_clerk, phoneless_away, phoneless_away.spid)
    assert home.memberships.get().person == phoneless_away
    assert Person.objects.filter(given_name=phoneless_away.given_name).count() == 1


@pytest.mark.parametrize("what", ["an SPID of nobody", "another name", "of a member of a household"])
def test_an_spid_that_does_not_fit_registers_nobody(phoneless_away, heng, commune_clerk, what):
    before = Person.objects.count()
    person = heng.person if what == "of a member of a household" else phoneless_away
    spid = new_spid() if what == "an SPID of nobody" else person.spid
    changes = {"given_name": "ដារា"} if what == "another name" else {}
    with pytest.raises(AlreadyRegistered):
        register_by_spid(commune_clerk, person, spid, **changes)
    assert Person.objects.count() == before


@pytest.mark.parametrize("language", ["km", "en"])
def test_her_next_step_is_to_be_in_a_household_again(away, language):
    page = browser(away.account).get(f"/{language}/my/").content.decode()
    to_do = page[page.index('<ul class="to-do">') :]
    assert f'href="/{language}/register/"' in to_do[: to_do.index("</ul>")]
    assert {"km": "មិនមានអ្វីត្រូវធ្វើ", "en": "Nothing has to be done now"}[language] not in page


def test_who_lives_in_a_household_has_no_such_step(heng):
    assert ways_back(heng.person, household_of(heng.person)) == []

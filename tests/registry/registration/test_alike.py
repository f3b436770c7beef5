"""A member who is entered is registered already: what the counter asks, and what a citizen is told."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils.translation import override

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.audit.models import AuditEvent
from dsp_platform.khmer.dates import PartialDate
from registry.duplicates.sweep import sweep
from registry.duplicates.timeline import timeline
from registry.errors import AlreadyRegistered, SomebodyAlike, TooManyLookups
from registry.models import Draft, DuplicateCase, Household, Lookup, Membership, Person
from registry.persons import alike, lookups
from registry.persons.alike import told_alike
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.registry.duplicates.cast import steps_of
from tests.registry.pages import HEAD, Family, begin_household

pytestmark = pytest.mark.django_db

NONE = {"alike_is": "none"}
ROSTER = "/en/register/household/"
# So rare that who has it elsewhere, born on the same day, is likely the same.
RARE = {
    "family_name": "ឆាយ",
    "given_name": "វឌ្ឍនា",
    "latin_family_name": "Chhay",
    "latin_given_name": "Vatthana",
}
NO_CARD = {"document": {"document_type": "none"}, "phone": {"phone": ""}}


def sokha_of(village_code="01020101", **name):
    """Who has the name and date of birth of `pages.HEAD`, and neither document nor phone on record."""
    name = name or {"given_name": "សុខា"}
    details = person_details(born=PartialDate(date(1985, 3, 27)), phone="", **name)
    return household_details(details, village_code=village_code)


@built_once
def sokha_here(areas, commune_clerk, consent_agreements):
    register_household(actor=commune_clerk, details=sokha_of())
    return Person.objects.latest("pk")


@built_once
def sokha_elsewhere(areas, other_clerk, consent_agreements):
    register_household(actor=other_clerk, details=sokha_of("01020201", **RARE))
    return Person.objects.latest("pk")


@pytest.fixture
def counter(laptop, areas, consent_agreements):
    begin_household(laptop, "en")
    return Family(laptop, "en")


def typed(family, member=1, name=HEAD["name"]):
    """Up to the date of birth; what comes next."""
    family.post("consent", HEAD["consent"])
    family.post("name", name, member)
    for step in ("sex", "birth"):
        answer = family.post(step, HEAD[step], member)
    return answer.url


def shown(family, address):
    return family.client.get(address).content.decode()


def test_nobody_alike_nobody_is_asked_about(counter):
    assert typed(counter) == ROSTER


@pytest.mark.parametrize(("language", "words"), [("km", "មិនមែន"), ("en", "None of these")])
def test_who_is_alike_in_the_area_is_shown_as_soon_as_the_birth_is_typed(laptop, sokha_here, language, words):
    begin_household(laptop, language)
    family = Family(laptop, language)
    asked = typed(family)
    assert asked == f"/{language}/register/member/1/alike/"
    page = shown(family, asked)
    for known in (sokha_here.spid_grouped, sokha_here.name, sokha_here.village.name, words):
        assert known in page
    assert AuditEvent.objects.filter(action="listed", subject_id=sokha_here.pk).exists()


def test_of_somebody_of_another_commune_only_the_commune_is_told(counter, sokha_elsewhere):
    page = shown(counter, typed(counter, name=RARE))
    assert "Bat Trang" in page
    for secret in (sokha_elsewhere.spid, sokha_elsewhere.spid_grouped, "Khtum Reay"):
        assert secret not in page
    assert Lookup.objects.filter(kind=lookups.NAME).count() == 1
    assert AuditEvent.objects.filter(action="name_lookup").exists()
    assert AuditEvent.objects.filter(action="listed", subject_id=sokha_elsewhere.pk).exists()


def test_beyond_the_limits_nothing_is_told_of_another_commune(counter, sokha_elsewhere, monkeypatch):
    monkeypatch.setattr(lookups, "NAMES_OF_CASE_A_DAY", 0)
    assert typed(counter, name=RARE) == ROSTER


@pytest.mark.parametrize(("language", "words"), [("en", "asked too often today"), ("km", "បានសួរញឹកញាប់ពេក")])
def test_beyond_the_limits_a_registration_is_refused_and_tells_no_commune(
    laptop, areas, commune_clerk, consent_agreements, monkeypatch, language, words
):
    """Registered meanwhile, and not of the official's area."""
    monkeypatch.setattr(lookups, "NAMES_OF_CASE_A_DAY", 0)
    begin_household(laptop, language)
    family = Family(laptop, language)
    family.head(**NO_CARD)
    register_household(actor=commune_clerk, details=sokha_of())
    monkeypatch.setattr(alike, "in_area", lambda official, village: False)
    page = family.finish().content.decode()
    assert words in page
    assert not AuditEvent.objects.filter(action="listed").exists()
    assert Household.objects.count() == 1


def test_each_refusal_that_tells_a_commune_is_counted(areas, sokha_elsewhere, commune_clerk, other_clerk):
    register_household(actor=other_clerk, details=sokha_of("01020201"))
    others = Person.objects.order_by("pk").values_list("pk", flat=True)
    case = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="register", consent_text="read out"
    )
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(lookups, "NAMES_OF_CASE_A_DAY", 1)
        for _again in range(2):
            (told,) = told_alike(others[:1], official=commune_clerk, assisted_session=case)
            assert told.commune == "010202"
        with pytest.raises(TooManyLookups):
            told_alike(others[1:], official=commune_clerk, assisted_session=case)


def test_none_of_these_is_remembered_and_not_asked_again(counter, sokha_here):
    asked = typed(counter)
    assert counter.post("alike", NONE, 1).url == ROSTER
    counter.post("birth", {"born_year": "1985"}, 1)
    counter.post("birth", HEAD["birth"], 1)
    assert counter.client.get(asked).status_code == 302
    assert Draft.objects.get().answers["members"][0]["apart"] == [sokha_here.spid]
    for step in ("document", "phone"):
        counter.post(step, NO_CARD[step], 1)
    counter.post("place", HEAD["place"], query="?in=010201")
    assert counter.finish().url == "/en/registered/"
    assert Household.objects.count() == 2


def registered_apart(clerk, known):
    """By the official of the open case, who said that it is somebody else."""
    (head,) = sokha_of().members
    details = replace(sokha_of(), members=(replace(head, apart=(known.spid,)),))
    case = AssistedSession.objects.get(ended_at=None)
    household = register_household(actor=clerk, assisted_session=case, details=details)
    return household.memberships.get().person


def test_none_of_these_stands_on_the_case_and_a_steward_still_decides(
    new_assisted_session, sokha_here, commune_clerk
):
    newcomer = registered_apart(commune_clerk, sokha_here)
    case = DuplicateCase.objects.get()
    assert (case.first, case.second, case.state) == (sokha_here, newcomer, "waiting")
    assert (case.answer, case.answered_by, case.decided_by) == ("different", commune_clerk, None)
    assert steps_of(case) == ["find", "said_different"]
    assert AuditEvent.objects.filter(action="duplicate_said_different", subject_id=case.pk).exists()


@pytest.mark.parametrize(
    ("language", "words"),
    [("km", "មន្ត្រីនៅបញ្ជរ"), ("en", "At the counter the official said: they are two persons")],
)
def test_the_steward_reads_what_the_official_said(
    new_assisted_session, sokha_here, commune_clerk, language, words
):
    registered_apart(commune_clerk, sokha_here)
    with override(language):
        assert any(words in entry.title for entry in timeline(DuplicateCase.objects.get()))


def test_the_sweep_keeps_what_was_said(new_assisted_session, sokha_here, commune_clerk):
    registered_apart(commune_clerk, sokha_here)
    sweep()
    case = DuplicateCase.objects.get()
    assert (case.state, case.answer) == ("waiting", "different")


def test_what_a_citizen_sends_says_of_nobody_that_it_is_somebody_else(sokha_here, heng_of_no_record):
    (head,) = sokha_of().members
    details = replace(sokha_of(), members=(replace(head, apart=(sokha_here.spid,)),))
    assert register_household(actor=heng_of_no_record, details=details)
    assert not DuplicateCase.objects.exists()


def test_it_is_this_one_who_has_a_household_leads_to_their_record(counter, sokha_here):
    typed(counter)
    page = counter.post("alike", {"alike_is": sokha_here.spid}, 1).content.decode()
    assert f'name="person" value="{sokha_here.spid}"' in page
    assert counter.client.post("/en/counter/", {"person": sokha_here.spid}).url == "/en/counter/open/"
    assert Household.objects.count() == 1


def test_it_is_this_one_who_lives_in_no_household_is_registered_again_with_their_spid(counter, sokha_here):
    Membership.objects.update(ended_on="2026-11-01")
    Household.objects.update(closed_on="2026-11-01")
    typed(counter)
    document = counter.post("alike", {"alike_is": sokha_here.spid}, 1).url
    assert sokha_here.spid_grouped in shown(counter, document)
    counter.post("phone", {"phone": ""}, 1)
    counter.post("place", HEAD["place"], query="?in=010201")
    assert counter.finish().url == "/en/registered/"
    assert Person.objects.get() == sokha_here
    assert sokha_here.memberships.filter(ended_on=None).exists()


def test_somebody_said_to_be_registered_elsewhere_is_not_registered_without_their_number(
    counter, sokha_elsewhere
):
    typed(counter, name=RARE)
    assert counter.post("alike", {"alike_is": "elsewhere"}, 1).url == ROSTER
    for step in ("document", "phone"):
        counter.post(step, NO_CARD[step], 1)
    counter.post("place", HEAD["place"], query="?in=010201")
    told = counter.finish().url
    assert told == "/en/register/member/1/already/"
    page = shown(counter, told)
    assert "the commune where they are registered can help" in page
    assert "/my/claim/" not in page
    assert Household.objects.count() == 1


def test_who_is_found_when_the_answers_are_sent_is_asked_about_then(counter, commune_clerk, areas):
    """Registered meanwhile, in another window."""
    counter.head(**NO_CARD)
    register_household(actor=commune_clerk, details=sokha_of())
    meanwhile = Person.objects.get()
    asked = counter.finish()
    assert asked.url == "/en/register/member/1/alike/?return=check"
    assert meanwhile.spid_grouped in shown(counter, asked.url)
    assert counter.post("alike", NONE, 1, "?return=check").url.startswith("/en/register/check/")
    assert counter.confirm().url == "/en/registered/"


def test_a_case_registers_nobody_who_is_certainly_registered(new_assisted_session, sokha_here, commune_clerk):
    case = {"actor": commune_clerk, "assisted_session": AssistedSession.objects.get(ended_at=None)}
    with pytest.raises(SomebodyAlike) as refused:
        register_household(details=sokha_of(), **case)
    assert refused.value.persons == (sokha_here.pk,)
    (head,) = sokha_of().members
    apart = replace(head, apart=(sokha_here.spid,))
    assert register_household(details=replace(sokha_of(), members=(apart,)), **case)


def test_a_citizen_is_told_nothing_by_a_name_and_a_date_of_birth(sokha_here, heng_of_no_record):
    """They are registered, and a steward decides: anybody may know both."""
    assert register_household(actor=heng_of_no_record, details=sokha_of())


def test_a_citizen_whose_own_phone_stands_on_the_record_is_told_as_by_a_document(
    registering_family, sokha_here, sokha
):
    Person.objects.filter(pk=sokha_here.pk).update(phone=sokha.phone)
    registering_family.head(**NO_CARD)
    told = registering_family.finish()
    assert told.url == "/km/register/member/1/already/"
    page = registering_family.client.get(told.url).content.decode()
    assert "/km/my/claim/" in page
    assert sokha_here.spid not in page
    with pytest.raises(AlreadyRegistered):
        register_household(actor=sokha, details=sokha_of())


@pytest.fixture
def heng_of_no_record(django_user_model, areas):
    return django_user_model.objects.create_citizen(phone="+85516777000")

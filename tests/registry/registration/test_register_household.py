import hashlib
from dataclasses import replace
from datetime import date

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dsp_platform.audit.models import AuditEvent
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.notifications import sms_templates
from dsp_platform.notifications.models import Message
from registry.errors import AlreadyRegistered, InvalidDetails
from registry.identity.spid import is_valid
from registry.models import Consent, Draft, Household, IdentityDocument, Membership, Person
from registry.registration.drafts import save_draft
from registry.registration.services import register_household
from tests.registry.cast import (
    CONSENT,
    HEAD_PHONE,
    OWN_SIM,
    child_details,
    household_details,
    person_details,
    said_right,
)

CARD = {"document_type": "identity_card", "document_number": "010203040"}


@pytest.fixture
def register(areas, agreements, commune_clerk):
    def call(*members, actor=commune_clerk, assisted_session=None, draft=None, **changes):
        details = household_details(*members, **changes)
        return register_household(
            actor=actor, details=details, assisted_session=assisted_session, draft=draft
        )

    return call


def codes(raised) -> set[str]:
    return {problem.code for problem in raised.value.problems}


def test_every_member_gets_a_spid_of_their_own(register):
    household = register()
    spids = set(Person.objects.values_list("spid", flat=True))
    assert len(spids) == 2
    assert all(is_valid(spid) for spid in spids)
    head = household.memberships.get(relationship="head").person
    assert (head.name, head.latin_name) == ("សុខ ស៊ុខា", "Sok Sokha")


def test_members_live_in_the_village_of_the_household(register):
    assert register().village_id == "01020101"
    assert set(Person.objects.values_list("village_id", flat=True)) == {"01020101"}


def test_at_the_counter_the_commune_has_checked_and_witnessed(register, assisted_session, commune_clerk):
    household = register(assisted_session=assisted_session)
    consent = household.consents.get()
    assert (consent.channel, consent.witness) == ("counter", commune_clerk)
    assert set(Person.objects.values_list("verification", flat=True)) == {"commune"}
    assisted_session.refresh_from_db()
    assert assisted_session.subject_id == consent.given_by_id


def test_a_citizen_registers_online_and_is_linked_to_the_head(register, sokha):
    household = register(actor=sokha)
    assert sokha.person == household.memberships.get(relationship="head").person
    assert sokha.person.verification == "self"
    assert household.consents.get().channel == "online"


def messages() -> dict[str, str]:
    """By number, the texts as they would be sent."""
    found = Message.objects.filter(template__startswith="registered")
    return {
        one.phone: sms_templates.render(one.template, one.params, one.language, one.phone) for one in found
    }


def test_the_spid_comes_by_text_message_to_the_account(register, sokha):
    register(person_details(), child_details(phone=OWN_SIM), actor=sokha)
    assert messages().keys() == {sokha.phone}
    assert sokha.person.spid_grouped in messages()[sokha.phone]


@pytest.mark.parametrize(("language", "words"), [("km", "បានចុះបញ្ជី"), ("en", "You are registered")])
def test_a_number_that_the_official_typed_is_told_of_it_without_any_spid(
    register, assisted_session, language, words
):
    """By one wrong digit it is a stranger's, who could claim the record with what the text says."""
    register(
        person_details(phone=HEAD_PHONE),
        child_details(phone=HEAD_PHONE),
        child_details(given_name="រតនា", phone=OWN_SIM),
        assisted_session=assisted_session,
    )
    Message.objects.update(language=language)
    assert messages().keys() == {HEAD_PHONE, OWN_SIM}
    told = " ".join(messages().values())
    assert words in told
    for person in Person.objects.all():
        assert person.spid_grouped not in told
        assert person.given_name not in told


def test_a_message_about_a_registration_is_stored_without_the_spid(register, sokha):
    register(actor=sokha)
    assert Message.objects.get(template="registered").params == {"person": sokha.person.pk}


def test_the_exact_consent_text_can_be_proved(register):
    consent = register(operators=("nssf",)).consents.get(operator_code="nssf")
    assert bytes(consent.text_digest) == hashlib.sha256(CONSENT.encode()).digest()
    assert "បេឡា" in consent.purpose


def test_the_ledger_holds_what_entitled_operators_must_hold(register):
    old = person_details(relationship="parent", born=PartialDate.parse("1950"))
    household = register(person_details(), old, operators=("nssf", "idpoor"))
    mother = Person.objects.get(date_of_birth__year=1950)
    nssf = LedgerEntry.objects.filter(operator="nssf")
    assert list(nssf.values_list("kind", "subject_id")) == [("person", mother.pk)]
    assert LedgerEntry.objects.filter(operator="idpoor", kind="person").count() == 2
    assert LedgerEntry.objects.get(kind="household").subject_id == household.pk


def test_without_consent_nothing_is_announced(register):
    register()
    assert not LedgerEntry.objects.exists()


def test_a_document_is_encrypted_and_found_by_its_digest(register):
    register(person_details(**{**CARD, "document_number": "០១០ ២០៣ ០៤០"}))
    document = IdentityDocument.objects.get()
    assert document.number == "010203040"
    assert b"010203040" not in bytes(document.digest)


def test_the_registration_is_audited_without_names(register, commune_clerk):
    household = register()
    events = AuditEvent.objects.filter(action="register")
    assert {event.subject_kind for event in events} == {"household", "person"}
    assert events.get(subject_kind="household").subject_id == household.pk
    assert not any(event.details for event in events)


def test_history_says_why(register):
    register()
    for model in ("PersonEvent", "HouseholdEvent", "ConsentEvent"):
        events = apps.get_model("registry", model).objects.select_related("pgh_context")
        assert {event.pgh_context.metadata["why"] for event in events} == {"register"}


def test_someone_registered_elsewhere_is_refused_and_not_revealed(register):
    register(person_details(**CARD))
    child = child_details(**CARD)
    with pytest.raises(AlreadyRegistered) as raised:
        register(person_details(given_name="ដារា"), child)
    assert raised.value.member == 1
    assert "010203040" not in str(raised.value)
    assert Household.objects.count() == 1
    assert Person.objects.count() == 1


def test_the_same_person_without_a_household_is_met_again(register):
    register(person_details(**CARD))
    known = Person.objects.get()
    Membership.objects.update(ended_on=timezone.localdate())
    household = register(person_details(phone="012 345 678", **CARD))
    again = Person.objects.get()
    assert (again.pk, again.spid, again.phone) == (known.pk, known.spid, "+85512345678")
    assert again.version == known.version + 1
    assert household.memberships.get().person == again
    assert IdentityDocument.objects.count() == 1


def test_a_document_with_another_name_is_not_the_same_person(register):
    register(person_details(**CARD))
    Membership.objects.update(ended_on=timezone.localdate())
    with pytest.raises(AlreadyRegistered):
        register(person_details(given_name="វណ្ណា", **CARD))


def test_surname_and_given_name_swapped_are_the_same_person(register):
    register(person_details(**CARD))
    Membership.objects.update(ended_on=timezone.localdate())
    register(person_details(family_name="ស៊ុខា", given_name="សុខ", **CARD))
    assert Person.objects.count() == 1


def test_a_family_book_number_may_stand_on_all_its_members(register):
    book = {"document_type": "family_book", "document_number": "ក ១២៣"}
    register(person_details(**book), child_details(**book))
    register(person_details(given_name="ដារា", **book))
    assert IdentityDocument.objects.count() == 3


def test_a_citizen_registers_once(register, sokha):
    register(actor=sokha)
    with pytest.raises(AlreadyRegistered):
        register(person_details(given_name="ដារា"), actor=sokha)


def test_a_draft_becomes_one_household_however_often_it_is_sent(register, sokha):
    draft = save_draft(owner=sokha, assisted_session=None, answers={"village": "01020101"})
    household = register(actor=sokha, draft=draft)
    assert register(actor=sokha, draft=draft) == household
    kept = Draft.objects.get()
    assert (kept.household, kept.answers) == (household, {})


def test_an_assisted_session_registers_one_person(register, assisted_session):
    register(assisted_session=assisted_session)
    with pytest.raises(AlreadyRegistered):
        register(person_details(given_name="ដារា"), assisted_session=assisted_session)


def test_an_official_stays_in_the_commune(register):
    with pytest.raises(InvalidDetails) as raised:
        register(village_code="02010101")
    assert codes(raised) == {"village_outside"}
    assert not Household.objects.exists()


def test_a_citizen_may_live_in_any_province(register, sokha):
    assert register(actor=sokha, village_code="02010101").village_id == "02010101"


@pytest.mark.parametrize("code", ["010201", "99999999", "", "\x00", "០១០២០១០១", "9" * 999])
def test_only_a_village_is_a_village(register, sokha, code):
    with pytest.raises(InvalidDetails) as raised:
        register(actor=sokha, village_code=code)
    assert codes(raised) == {"village_unknown"}


def test_a_village_that_has_ended_takes_nobody(register, areas, sokha):
    areas["01020101"].valid_to = date(2026, 1, 1)
    areas["01020101"].save()
    with pytest.raises(InvalidDetails):
        register(actor=sokha)


def test_an_official_without_an_area_registers_nobody(register, commune_clerk):
    commune_clerk.area_code = ""
    commune_clerk.save()
    with pytest.raises(PermissionDenied):
        register()


def test_staff_do_not_register(register, steward, nssf_reviewer):
    for actor in (steward, nssf_reviewer):
        with pytest.raises(PermissionDenied):
            register(actor=actor)


def test_another_officials_assisted_session_is_closed_to_me(register, assisted_session, other_clerk):
    with pytest.raises(PermissionDenied):
        register(actor=other_clerk, assisted_session=assisted_session, village_code="01020201")


def test_another_persons_draft_is_closed_to_me(register, sokha, commune_clerk):
    draft = save_draft(owner=sokha, assisted_session=None, answers={})
    with pytest.raises(PermissionDenied):
        register(actor=commune_clerk, draft=draft)


def test_a_head_under_15_is_registered(register):
    child = person_details(date_of_birth=date(2014, 1, 1))
    household = register(child, confirmed=said_right(household_details(child)).confirmed)
    assert household.memberships.count() == 1


def test_an_operator_nobody_agreed_with_gets_no_consent(register):
    with pytest.raises(InvalidDetails) as raised:
        register(operators=("pmrs",))
    assert codes(raised) == {"operator_unknown"}


def test_one_head_and_in_the_first_place(register):
    for members in ([child_details()], [person_details(), person_details()], []):
        details = replace(household_details(), members=tuple(members))
        with pytest.raises(InvalidDetails) as raised:
            register(*members) if members else register(members=())
        assert codes(raised) <= {"one_head", "members_count"}, details


def test_nothing_is_left_of_a_registration_that_fails(register, monkeypatch):
    def broken(**_):
        raise RuntimeError("broken")

    monkeypatch.setattr("registry.registration.services.audit.record_each", broken)
    with pytest.raises(RuntimeError):
        register(person_details(**CARD), operators=("idpoor",))
    for model in (Person, Household, Membership, IdentityDocument, Consent, LedgerEntry):
        assert not model.objects.exists()

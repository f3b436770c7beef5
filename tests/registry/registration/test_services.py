from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.utils import timezone

from dsp_platform.exchange.models import LedgerEntry
from registry.beneficiaries.enrolment import enrol
from registry.consents.services import give_consent, withdraw_consent
from registry.models import Consent, Draft, Enrolment, Person
from registry.persons.announcing import announce_household
from registry.persons.reported import set_poverty_level
from registry.registration.drafts import discard_draft, purge_drafts, save_draft
from registry.registration.selectors import draft_of
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import CONSENT, household_details


@built_once
def household(areas, agreements, sokha):
    return register_household(actor=sokha, details=household_details())


@pytest.fixture
def head(household):
    return household.memberships.get(relationship="head").person


@pytest.fixture
def consent(household, head, sokha):
    def give(operator_code: str = "idpoor", actor=sokha, given_by=head):
        return give_consent(
            household=household,
            given_by=given_by,
            operator_code=operator_code,
            purpose="tests",
            text=CONSENT,
            language="km",
            actor=actor,
            assisted_session=None,
        )

    return give


def test_a_poverty_level_makes_new_versions_of_household_and_members(household):
    changed = set_poverty_level(household=household, level="level1", valid_to=date(2029, 1, 1))
    assert (changed.poverty_level, changed.version) == ("level1", 2)
    assert set(Person.objects.values_list("version", flat=True)) == {2}


def test_the_same_poverty_level_again_changes_nothing(household):
    for _ in range(2):
        changed = set_poverty_level(household=household, level="level1", valid_to=None)
    assert changed.version == 2


def test_there_is_no_other_poverty_level(household):
    with pytest.raises(ValueError):
        set_poverty_level(household=household, level="rich", valid_to=None)


def test_consent_brings_the_household_to_the_operator(household, consent):
    consent("idpoor")
    assert LedgerEntry.objects.filter(operator="idpoor", state="due").count() == 3
    assert not LedgerEntry.objects.filter(operator="nssf").exists()


def test_consent_given_twice_is_one(household, consent):
    assert consent("idpoor") == consent("idpoor")
    household.refresh_from_db()
    assert household.version == 2


def test_withdrawing_consent_takes_the_household_back(household, consent, sokha):
    consent("idpoor")
    LedgerEntry.objects.update(state="delivered", delivered_version=2)
    withdraw_consent(household=household, operator_code="idpoor", actor=sokha, assisted_session=None)
    entries = LedgerEntry.objects.filter(operator="idpoor")
    assert set(entries.values_list("state", "agreement", "wanted_version")) == {("due", None, 3)}
    assert [row.operator_code for row in household.consents.filter(withdrawn_at=None)] == [""]


def test_withdrawing_from_the_registry_withdraws_from_all(household, consent, sokha):
    consent("idpoor")
    withdraw_consent(household=household, operator_code="", actor=sokha, assisted_session=None)
    assert not household.consents.filter(withdrawn_at=None).exists()


@pytest.mark.parametrize("change", [{"withdrawn_at": None}, {"purpose": "x"}, {"operator_code": "nssf"}])
def test_a_consent_is_given_once_and_withdrawn_once(household, consent, sokha, change):
    """Even by a query that bypasses the services: consents and their withdrawal are not rewritten."""
    given = Consent.objects.filter(pk=consent("idpoor").pk)
    if "withdrawn_at" in change:
        withdraw_consent(household=household, operator_code="idpoor", actor=sokha, assisted_session=None)
    with pytest.raises(DatabaseError, match="once"):
        given.update(**change)


def test_consent_is_given_by_a_member(consent, areas, commune_clerk):
    other = register_household(actor=commune_clerk, details=household_details())
    with pytest.raises(ValueError):
        consent("idpoor", given_by=other.memberships.get(relationship="head").person)


def test_consent_is_recorded_by_someone_in_scope(consent, commune_clerk, other_clerk):
    with pytest.raises(PermissionDenied):
        consent("idpoor", actor=other_clerk)
    assert consent("idpoor", actor=commune_clerk).channel == "counter"


def test_enrolment_is_open_once(head, family_package):
    first = enrol(person=head, programme=family_package, since=date(2026, 11, 1))
    again = enrol(person=head, programme=family_package, since=date(2026, 12, 1), operator_reference="FP-1")
    assert again == first
    assert (again.since, again.operator_reference) == (date(2026, 11, 1), "FP-1")
    first.state = Enrolment.State.ENDED
    first.save()
    assert enrol(person=head, programme=family_package, since=date(2027, 1, 1)) != first


def test_announcing_again_asks_nothing_new_of_operators(household, consent):
    consent("idpoor")
    LedgerEntry.objects.update(state="delivered", delivered_version=2)
    announce_household(household)
    assert set(LedgerEntry.objects.values_list("state", flat=True)) == {"delivered"}


def test_a_draft_keeps_the_latest_answers(sokha):
    save_draft(owner=sokha, assisted_session=None, answers={"step": 1})
    save_draft(owner=sokha, assisted_session=None, answers={"step": 2})
    assert draft_of(sokha, None).answers == {"step": 2}


def test_a_draft_belongs_to_its_assisted_session(assisted_session, commune_clerk, other_clerk):
    save_draft(owner=commune_clerk, assisted_session=assisted_session, answers={"step": 1})
    assert draft_of(commune_clerk, None) is None
    assert draft_of(other_clerk, assisted_session) is None
    with pytest.raises(PermissionDenied):
        save_draft(owner=other_clerk, assisted_session=assisted_session, answers={})


def test_answers_are_encrypted_at_rest(sokha):
    save_draft(owner=sokha, assisted_session=None, answers={"given_name": "Sokha"})
    raw = Draft.objects.raw("SELECT id, answers::text AS seen FROM registry_draft")[0].seen
    assert "Sokha" not in bytes.fromhex(raw.removeprefix("\\x")).decode("latin-1")


def test_a_submitted_draft_takes_no_more_answers(household, sokha):
    draft = save_draft(owner=sokha, assisted_session=None, answers={"step": 1})
    Draft.objects.update(household=household, answers={})
    save_draft(owner=sokha, assisted_session=None, answers={"step": 2})
    discard_draft(owner=sokha, assisted_session=None)
    draft.refresh_from_db()
    assert draft.answers == {}


def test_a_discarded_draft_is_gone(sokha):
    save_draft(owner=sokha, assisted_session=None, answers={"step": 1})
    discard_draft(owner=sokha, assisted_session=None)
    assert draft_of(sokha, None) is None


def test_answers_are_forgotten_after_thirty_days(sokha, commune_clerk, assisted_session):
    save_draft(owner=sokha, assisted_session=None, answers={})
    kept = save_draft(owner=commune_clerk, assisted_session=assisted_session, answers={})
    Draft.objects.exclude(pk=kept.pk).update(saved_at=timezone.now() - timedelta(days=31))
    assert purge_drafts() == 1
    assert Draft.objects.get() == kept

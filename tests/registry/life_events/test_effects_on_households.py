"""The cells of what happens to a consent, a poverty level or a whole household."""

import pytest
from django.db import transaction
from django.utils import timezone

from dsp_platform.accounts.models import AssistedSession
from dsp_platform.exchange.models import LedgerEntry
from registry.consents.services import withdraw_consent
from registry.life_events.events import Domain, EventKind
from registry.models import Consent, Household
from registry.persons.writer import PersonWriter
from tests.registry.cast import HEAD_PHONE, MALY_PHONE
from tests.registry.changes.cast import entry
from tests.registry.life_events.cells import again, cell, news, operators_told, requests, texts

pytestmark = pytest.mark.django_db
E, D = EventKind, Domain
TAKEN_BACK = (E.CONSENT_WITHDRAWN, D.CONSENTS)  # the event itself


# --- a consent is taken back


@cell(E.CONSENT_WITHDRAWN, D.APPLICATIONS)
def test_applications_at_that_operator_are_closed(consent_withdrawn):
    assert again(consent_withdrawn["application"]).events.last().step == "close_consent"
    assert texts("application_closed") == {MALY_PHONE}


@cell(*TAKEN_BACK)
def test_other_consents_stay(consent_withdrawn):
    given = Consent.objects.filter(household=consent_withdrawn["home"], withdrawn_at=None)
    assert set(given.values_list("operator_code", flat=True)) == {"", "idpoor"}


@cell(E.CONSENT_WITHDRAWN, D.MESSAGES)
def test_who_took_it_back_in_the_own_account_is_not_told(consent_withdrawn):
    assert texts("consent_withdraw") == set()
    assert again(consent_withdrawn["message"]).state == "due"
    assert news(consent_withdrawn) == {("application_closed", MALY_PHONE)}


def test_whoever_gave_a_consent_is_told_that_an_official_took_it_back(world, other_clerk):
    case = AssistedSession.objects.create(
        official=other_clerk, subject_id=world["maly"].pk, reason="check", consent_text="x"
    )
    withdraw_consent(household=world["home"], operator_code="nssf", actor=other_clerk, assisted_session=case)
    assert news(world) == {("consent_withdraw", MALY_PHONE), ("application_closed", MALY_PHONE)}


@cell(E.CONSENT_WITHDRAWN, D.DELIVERY)
def test_that_operator_is_told(consent_withdrawn):
    reached = LedgerEntry.objects.filter(operator="nssf", agreement__isnull=False)
    assert not reached.exists()
    assert operators_told("household", consent_withdrawn["home"].pk) == {"idpoor"}


# --- a poverty level runs out


@cell(E.LEVEL_EXPIRED, D.APPLICATIONS)
def test_an_application_is_judged_without_the_level(level_expired):
    application = again(level_expired["application"])
    assert level_expired["application"].verdict == "likely"
    assert (application.verdict, application.missing_facts) == ("more", ["poverty_level"])


@cell(E.LEVEL_EXPIRED, D.MESSAGES)
def test_the_household_is_told_that_its_level_ran_out(level_expired):
    assert news(level_expired) == {("level_expired", HEAD_PHONE)}


@cell(E.LEVEL_EXPIRED, D.DELIVERY)
def test_operators_are_sent_the_household_without_the_level(level_expired):
    assert operators_told("household", level_expired["home"].pk) == {"idpoor"}


# --- a household is closed


@cell(E.CLOSED, D.CHANGES)
def test_what_waits_for_a_closed_household_ends(closed):
    assert set(requests(closed).values()) == {"household_closed"}


def test_it_ends_for_the_same_reason_where_its_members_leave_at_once(world):
    """The registration is taken back: it is not said of whoever asked that they left."""
    home, today = Household.objects.get(pk=world["home"].pk), timezone.localdate()
    with transaction.atomic(), PersonWriter() as writer:
        for one in home.memberships.all():
            writer.update_membership(one, ended_on=today)
        writer.update_household(home, closed_on=today)
    assert set(requests(world).values()) == {"household_closed"}


@cell(E.CLOSED, D.CONSENTS)
def test_the_consents_of_a_closed_household_end(closed):
    assert not Consent.objects.filter(household=closed["home"], withdrawn_at=None).exists()


@cell(E.CLOSED, D.MESSAGES)
def test_only_whoever_asked_for_a_change_is_told_of_a_closed_household(closed):
    assert news(closed) == {("change_ended", MALY_PHONE), ("change_ended", HEAD_PHONE)}


@cell(E.CLOSED, D.DELIVERY)
def test_operators_are_told_to_delete_a_closed_household(closed):
    assert entry("household", closed["home"].pk).agreement is None

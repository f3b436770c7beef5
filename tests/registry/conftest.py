"""Households, officials, browsers and agreements for the registry's tests."""

from datetime import date

import pgtrigger
import pytest
from django.test import Client

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.exchange.models import Agreement
from registry.models import Household, Person, Programme
from registry.persons.households import members_of
from registry.registration import services
from tests.built_once import built_once
from tests.mappings import short_mapping
from tests.registry.cast import (
    BOPHA_BORN,
    CONSENT,
    HEAD_PHONE,
    MALY_PHONE,
    child_details,
    household_details,
    official,
    person_details,
)
from tests.registry.pages import Family, begin_household, official_client, shown_to
from tests.roles import as_owner


@pytest.fixture
def assisted_session(commune_clerk):
    return AssistedSession.objects.create(official=commune_clerk, reason="register", consent_text=CONSENT)


@built_once
@as_owner()  # Not put in force by two people.
def agreements(operators):
    """NSSF receives the elderly, IDPoor everybody; both with consent."""
    both = [("nssf", "person", "age >= 60"), ("idpoor", "person", "true"), ("idpoor", "household", "true")]
    for operator, kind, rule in both:
        key = "spid" if kind == "person" else "household_number"
        Agreement.objects.create(
            operator=operators[operator],
            kind=kind,
            fields=[key, "village_code", "poverty_level"],
            mapping=short_mapping(key),
            concerns="rule",
            rule=rule,
            basis="consent",
            purpose="tests",
            state="approved",
            valid_from=date(2026, 1, 1),
        )
    return {(agreement.operator_id, agreement.kind): agreement for agreement in Agreement.objects.all()}


@built_once
@as_owner()  # Not created by two people.
def family_package(operators):
    return Programme.objects.create(
        code="family-package",
        operator=operators["family_package"],
        name_km="កញ្ចប់គ្រួសារ",
        name_en="Family Package",
        summary_km="ឧបត្ថម្ភសាច់ប្រាក់",
        state="open",
        rule='poverty_level in ["level1", "level2"]',
    )


@built_once
def family(areas, operators, agreements, sokha):
    """Sokha, her daughter of seven and her adult son; IDPoor has their consent."""
    son = child_details(given_name="ពិសិដ្ឋ", sex="male", date_of_birth=date(2004, 1, 5))
    return services.register_household(
        actor=sokha,
        details=household_details(person_details(), child_details(), son, operators=("idpoor",)),
    )


@built_once
def people(family):
    return {one.person.given_name: one.person for one in members_of(family)}


@pytest.fixture
def second_clerk(db):
    return official("clerk.two", "010201", full_name="ទី ពីរ")


@pytest.fixture
def district(db):
    return official("district.mongkol", "0102", full_name="ស្រុក មង្គល")


@built_once
def family_of_one(areas, operators, sokha):
    """The household that requests, in the commune of ``commune_clerk``."""
    return services.register_household(actor=sokha, details=household_details(person_details()))


@built_once
def maly(areas, operators):
    """Spouse in a household of Bat Trang; her own phone is on her record."""
    head = User.objects.create_citizen(phone=HEAD_PHONE)
    wife = person_details(
        given_name="ម៉ាលី",
        latin_given_name="Maly",
        relationship="spouse",
        date_of_birth=BOPHA_BORN,
        phone=MALY_PHONE,
    )
    child = child_details(given_name="រិទ្ធ", latin_given_name="Rith")
    services.register_household(
        actor=head,
        details=household_details(
            person_details(given_name="ហេង", phone=HEAD_PHONE), wife, child, village_code="01020201"
        ),
    )
    return Person.objects.get(given_name="ម៉ាលី")


@built_once
def heng(maly):
    """The account of her household's head."""
    return User.objects.get(phone=HEAD_PHONE)


@pytest.fixture
def maly_at_home(maly):
    """Her own account; she is not the head of household."""
    maly.account = User.objects.create_citizen(phone=MALY_PHONE)
    maly.save(update_fields=["account"])
    return maly.account


@built_once
def rith(maly):
    """Her child, who has no phone."""
    return Person.objects.get(given_name="រិទ្ធ")


@pytest.fixture
def phoneless(maly):
    """Like Maly, but without a number on record."""
    events = Person.events.rel.related_model
    Person.objects.filter(pk=maly.pk).update(phone="")
    with as_owner(), pgtrigger.ignore():
        events.objects.filter(pgh_obj=maly).update(phone="")
    maly.refresh_from_db()
    return maly


@pytest.fixture
def phone_of_sokha(sokha):
    client = Client()
    client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    return client


@pytest.fixture
def laptop(commune_clerk):
    return official_client(commune_clerk)


@pytest.fixture
def other_laptop(other_clerk):
    return official_client(other_clerk)


@built_once
@as_owner()  # Not put in force by two people.
def consent_agreements(operators, steward, second_steward):
    """IDPoor and NSSF may receive households' records with consent."""
    for code in ("idpoor", "nssf"):
        Agreement.objects.create(
            operator=operators[code],
            kind="person",
            fields=["spid"],
            mapping=short_mapping("spid"),
            concerns="rule",
            rule="true",
            basis="consent",
            purpose="test",
            state="approved",
            valid_from=date(2026, 1, 1),
            drafted_by=steward,
            approved_by=second_steward,
        )


@built_once
def registered_head(areas, consent_agreements, sokha):
    """Sokha, who registered on her phone."""
    Family(shown_to(sokha)).register()
    return Household.objects.get()


@built_once
def registered_with_child(areas, consent_agreements, sokha):
    """Sokha and her son, whom she registered on her phone."""
    family = Family(shown_to(sokha))
    family.head()
    family.child()
    family.finish(2)
    return Household.objects.get()


@pytest.fixture
def registering_family(phone_of_sokha, areas, consent_agreements):
    return Family(phone_of_sokha)


@pytest.fixture
def new_assisted_session(laptop, areas, consent_agreements):
    """The official has opened an assisted session for a household that is not registered yet."""
    begin_household(laptop)
    return Family(laptop)

"""A household of two that may apply, a programme of NSSF, and what NSSF has agreed to."""

import pytest
from django.utils import translation

from applications import services
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import User
from registry.models import Programme
from registry.registration.services import register_household
from tests.applications.helpers import APPLICATION_FIELDS, PERSON_FIELDS, agreement, details
from tests.built_once import built_once
from tests.roles import as_owner


@pytest.fixture(autouse=True)
def in_khmer():
    """Not the language that an earlier test's page left active."""
    with translation.override("km"):
        yield


@built_once
def nssf_agreements(operators):
    return [
        agreement(operators["nssf"], "person", PERSON_FIELDS),
        agreement(operators["nssf"], "application", APPLICATION_FIELDS),
    ]


@built_once
def household(areas, operators, sokha):
    return register_household(actor=sokha, details=details())


@built_once
def person(household, sokha):
    return sokha.person


@built_once
@as_owner()  # only the owner may create a programme that is open already
def programme(operators):
    return Programme.objects.create(
        code="voluntary-health",
        operator=operators["nssf"],
        name_km="ការធានារ៉ាប់រងសុខភាព",
        name_en="Voluntary health insurance",
        summary_km="ការព្យាបាលដោយឥតគិតថ្លៃ",
        summary_en="Health care at low cost",
        documents_en="Identity card",
        state="open",
        rule="age >= 18",
        rule_version=3,
    )


@built_once
@as_owner()  # only the owner may create a programme that is open already
def other_programme(operators):
    return Programme.objects.create(
        code="family-package",
        operator=operators["family_package"],
        name_km="កញ្ចប់គ្រួសារ",
        name_en="Family Package",
        state="open",
    )


@built_once
def application(person, programme, nssf_agreements, sokha):
    return services.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )


@pytest.fixture
def clerk_assisted_session(commune_clerk, person):
    return open_assisted_session(
        official=commune_clerk, subject_id=person.pk, reason="apply", consent_text="read out"
    )


@built_once
def other_citizen(areas, operators):
    user = User.objects.create_citizen(phone="+85516222333")
    register_household(actor=user, details=details("កែវ", "+85516222333"))
    return user


@built_once
def other_household(other_citizen):
    return other_citizen.person.memberships.get().household

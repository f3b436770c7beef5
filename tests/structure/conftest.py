"""A family with an application, strangers beside it, and one browser of each kind of person."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from applications.models import Application
from dsp_platform.accounts import services as accounts
from dsp_platform.accounts import sessions
from dsp_platform.accounts.models import Role, User
from dsp_platform.exchange.models import Agreement, Operator
from grievances import services as grievances
from grievances.models import Grievance
from registry.models import Household, Programme
from registry.services import register_household
from tests.registry.cast import household_details, person_details


def browser(user: User, *, verified: bool = True) -> Client:
    """Signed in; staff with both factors unless told otherwise."""
    client = Client()
    backend = "PhoneBackend" if user.role == Role.CITIZEN else "StaffBackend"
    client.force_login(user, backend=f"dsp_platform.accounts.backends.{backend}")
    if user.role != Role.CITIZEN and verified:
        device = TOTPDevice.objects.get_or_create(user=user, name="test", confirmed=True)[0]
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client


@dataclass
class House:
    """One commune with a family that applied, and another with a family nobody here may see."""

    family: Household
    strangers: Household
    application: Application
    strange_application: Application
    strange_grievance: Grievance


@pytest.fixture
def programme(operators):
    return Programme.objects.create(
        code="health", operator=operators["nssf"], name_km="សុខភាព", name_en="Health", state="open",
        takes_applications=True,
    )  # fmt: skip


@pytest.fixture
def other_programme(operators):
    return Programme.objects.create(
        code="card", operator=operators["idpoor"], name_km="បណ្ណ", name_en="Card", state="open"
    )


def report(user: User, operator: Operator) -> Grievance:
    details = grievances.Details(category="payment", text="It did not come.", operator=operator)
    return grievances.report_grievance(
        actor=user, case=None, submission=uuid4(), details=details, language="km"
    )


def apply(user: User, programme: Programme) -> Application:
    return Application.objects.create(
        reference="A-0000-0000" if user.phone == "+85512345678" else "A-1111-111C",
        programme=programme,
        person=user.person,
        verdict="likely",
        rule_version=1,
        language="km",
        submitted_by=user,
    )


@pytest.fixture
def house(areas, programme, other_programme, sokha):
    family = register_household(actor=sokha, details=household_details())
    stranger = User.objects.create_citizen(phone="+85516222333")
    strangers = register_household(
        actor=stranger,
        details=household_details(person_details(family_name="កែវ"), village_code="01020201"),
    )
    return House(
        family=family,
        strangers=strangers,
        application=apply(sokha, programme),
        strange_application=apply(stranger, other_programme),
        strange_grievance=report(stranger, other_programme.operator),
    )


@pytest.fixture
def sharing(operators, steward, second_steward):
    """NSSF may be sent what the family said, so that something leaves the house."""
    return Agreement.objects.create(
        operator=operators["nssf"], kind="person", fields=["spid"], mapping={}, concerns="rule", rule="true",
        basis="consent", purpose_en="test", purpose_km="សាកល្បង", state="approved", valid_from="2026-01-01",
        drafted_by=steward, approved_by=second_steward,
    )  # fmt: skip


@pytest.fixture
def browsers(house, sokha, commune_clerk, other_clerk, nssf_reviewer, auditor, steward):
    """By kind of person. An official has one open case at most, so two officials stand for both states."""
    gone = User.objects.create_citizen(phone="+85517000111")
    inactive = browser(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    accounts.open_case(
        official=commune_clerk, subject_id=sokha.person.pk, reason="check", consent_text="read out"
    )
    found = {
        "anonymous": Client(),
        "inactive": inactive,
        "citizen": browser(sokha),
        "half": browser(commune_clerk, verified=False),
        "official": browser(other_clerk),
        "case": browser(commune_clerk),
        "reviewer": browser(nssf_reviewer),
        "steward": browser(steward),
        "auditor": browser(auditor),
    }
    assert sessions.sessions_of(sokha)
    return found

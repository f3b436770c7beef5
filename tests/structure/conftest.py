"""A family with an application, unrelated people beside it, and one browser for each kind of user."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from applications.models import Application
from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.accounts.models import ADMIN_ROLES, Role, TOTPDevice, User
from dsp_platform.accounts.sessions import services as sessions
from dsp_platform.accounts.staff.approvals import propose_account
from dsp_platform.exchange.models import (
    Agreement,
    Attempt,
    Incident,
    LedgerEntry,
    Operator,
    Outstanding,
    StatusReport,
)
from dsp_platform.jobs.models import Job
from dsp_platform.notifications.models import Budget, CircuitBreaker, Message, MessageKind, Window
from dsp_platform.working_days.models import DecreedDay
from grievances import services as grievances
from grievances.models import Grievance, RoutingRule, default_team
from registry.imports.sources.services import save_draft
from registry.imports.sources.terms import copied
from registry.models import (
    CoverageCount,
    Enrolment,
    Household,
    ImportRun,
    LifeSituation,
    Merge,
    PhoneReplacement,
    Programme,
    ProgrammeSituation,
    QuestionsVersion,
    RareFact,
)
from registry.programmes.questions.definition import described
from registry.provenance.services import Difference, note_conflicts
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import NAME, about, ask
from tests.registry.duplicates.cast import case_of
from tests.registry.imports.cast import unsaved_source
from tests.registry.pages import Family
from tests.registry.programmes.questions.cast import write
from tests.roles import as_owner


def browser(user: User, *, verified: bool = True) -> Client:
    """Signed in; staff with both factors unless stated otherwise."""
    client = Client()
    backend = "PhoneBackend" if user.role == Role.CITIZEN else "StaffBackend"
    client.force_login(user, backend=f"dsp_platform.accounts.sign_in.backends.{backend}")
    if user.role != Role.CITIZEN and verified:
        device = TOTPDevice.objects.get_or_create(user=user, name="test", confirmed=True)[0]
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client


def calm(client: Client) -> Client:
    """Renders the error page for an exception, as in production, instead of raising it."""
    client.raise_request_exception = False
    return client


@dataclass
class House:
    """One commune with a family that applied, and another with a family that no user here may see."""

    family: Household
    strangers: Household
    application: Application
    strange_application: Application
    strange_grievance: Grievance


@built_once
@as_owner()  # Not created by two people.
def programme(operators):
    return Programme.objects.create(
        code="health", operator=operators["nssf"], name_km="សុខភាព", name_en="Health", state="open",
        takes_applications=True,
    )  # fmt: skip


@built_once
@as_owner()  # Not created by two people.
def other_programme(operators):
    return Programme.objects.create(
        code="card", operator=operators["idpoor"], name_km="បណ្ណ", name_en="Card", state="open"
    )


def report(user: User, operator: Operator) -> Grievance:
    details = grievances.Details(category="payment", text="It did not come.", operator=operator)
    return grievances.report_grievance(
        actor=user, assisted_session=None, submission=uuid4(), details=details, language="km"
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


@built_once
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


@built_once
@as_owner()  # nobody else puts one in that is in force already
def sharing(operators, steward, second_steward):
    """NSSF may receive what the family entered, so that something is delivered."""
    mapping = {
        "table": "person", "key": {"column": "spid", "field": "spid"},
        "columns": {"spid": "number"}, "version": "version", "withdrawn": "deleted",
    }  # fmt: skip
    return Agreement.objects.create(
        operator=operators["nssf"], kind="person", fields=["spid"], mapping=mapping, concerns="rule",
        rule="true", basis="consent", purpose_en="test", purpose_km="សាកល្បង", state="approved",
        valid_from="2026-01-01", drafted_by=steward, approved_by=second_steward,
    )  # fmt: skip


@pytest.fixture
def browsers(house, sokha, commune_clerk, other_clerk, nssf_reviewer, auditor, steward):
    """By kind of user. An official has at most one open assisted session, so there are two officials."""
    gone = User.objects.create_citizen(phone="+85517000111")
    inactive = browser(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    open_assisted_session(
        official=commune_clerk, subject_id=sokha.person.pk, reason="check", consent_text="read out"
    )
    found = {
        "anonymous": Client(),
        "inactive": inactive,
        "citizen": browser(sokha),
        "half": browser(commune_clerk, verified=False),
        "official": browser(other_clerk),
        "assisted_session": browser(commune_clerk),
        "reviewer": browser(nssf_reviewer),
        "steward": browser(steward),
        "auditor": browser(auditor),
    }
    assert sessions.sessions_of(sokha)
    return found


@pytest.fixture
def registering(areas, sharing):
    """A citizen on the last page of a registration: every earlier page can be opened."""
    user = User.objects.create_citizen(phone="+85516777888")
    family = Family(browser(user))
    family.head(consent={"agree": "on", "operators": ["nssf"]})
    family.child()
    family.post("members", {"more": "no"})
    for number in (1, 2):
        family.post("circumstances", {"difficulty": "some", "studying": "yes"}, number)
        family.post("difficulties", {"seeing": "2"}, number)
    opened = family.client.get("/km/register/")
    assert opened["Location"] == "/km/register/check/"
    return calm(family.client)


@pytest.fixture
def filled(sharing, house, operators, sokha, steward, commune_clerk) -> House:
    """A row in every list of the admin."""
    now, nssf, person = timezone.now(), operators["nssf"], sokha.person
    entry = LedgerEntry.objects.filter(operator=nssf).first() or LedgerEntry.objects.create(
        operator=nssf, kind="person", subject_id=person.pk, wanted_version=1
    )
    Outstanding.objects.get_or_create(entry=entry, defaults={"operator": nssf})
    Attempt.objects.create(
        operator=nssf, kind="person", subject_id=person.pk, version=1, outcome="delivered", agreement=sharing
    )
    StatusReport.objects.create(
        operator=nssf, reference="R-1", kind="application", subject="A-1", status="approved",
        occurred_at=now, state="held", reason="unknown_subject",
    )  # fmt: skip
    Incident.objects.create(code=Incident.Code.values[0], operator=nssf)
    Job.objects.create(kind="first_fill", parameters={"operator": "nssf", "kind": "person"}, state="failed")
    Message.objects.create(phone=sokha.phone, language="km", template="claimed", state="failed")
    CircuitBreaker.objects.get_or_create(name="fake")
    Budget.objects.get_or_create(kind=MessageKind.CODE, window=Window.HOUR, defaults={"starts_at": now})
    with as_owner():
        Programme.objects.update(summary_km="ជំនួយ", summary_en="Support")
    with as_owner():
        birth = LifeSituation.objects.create(code="birth", name_km="កំណើត", name_en="Birth", position=1)
    ProgrammeSituation.objects.create(programme=house.application.programme, situation=birth)
    Enrolment.objects.create(person=person, programme=house.application.programme, since=date(2026, 1, 1))
    RareFact.objects.create(
        household=house.family,
        rule="head-age",
        fact={"rule": "head-age", "persons": {"head": [person.name, "2012"]}, "number": [14, 14]},
        persons=[person.pk],
        confirmed_by=person.account,
    )
    stranger = house.strangers.memberships.get().person
    case_of(person, stranger)
    report(sokha, nssf)
    ask(sokha, "name", who=about(person), name=NAME)
    propose_account(actor=steward, username="steward.three", role=Role.STEWARD, full_name="Third")
    PhoneReplacement.objects.create(
        reference="P-0000-0000", person=person, phone="+85512000111", notified_phones=[], reason="lost",
        document="identity_card", asked_by=commune_clerk, due_at=now,
    )  # fmt: skip
    child = house.family.memberships.exclude(person=person).get().person
    Merge.objects.create(
        kept=person, merged=child, decided_by=steward, undone_at=now, undone_by=steward,
        snapshot={"households": [], "parts": {}},
    )  # fmt: skip
    CoverageCount.objects.create(kind="none", commune="010201", persons=12)
    note_conflicts(source="nssf-members", differences=[Difference(person.pk, "sex", person.sex, "male")])
    question = write(house.application.programme, steward)
    with as_owner():
        QuestionsVersion.objects.create(
            programme=house.application.programme, number=1, questions=[described(question)]
        )
    draft = unsaved_source()
    save_draft(source=draft, actor=steward)
    ImportRun.objects.create(
        source=draft, terms=copied(draft), file_name="members.csv", digest="0" * 64, size=1, state="ready",
        rows=1, outcomes={"new": 1}, findings=[["title_removed", "", 1, 2, {}]], uploaded_by=steward,
    )  # fmt: skip
    RoutingRule.objects.create(category="other", team_id=default_team())
    with as_owner():
        DecreedDay.objects.create(
            day=date(2026, 4, 17),
            rule="off",
            decree="2026/04",
            proposed_by=steward,
            approved_by=commune_clerk,
        )
    empty = [model.__name__ for model in admin.site._registry if not model.objects.exists()]
    assert not empty, f"a new list of the admin: give it a row here: {empty}"
    return house


@pytest.fixture
def staff_clients(filled, auditor, steward) -> dict[str, Client]:
    """By role, everybody who can use the admin; a reviewer for each kind of operator, and one without."""
    users = {"auditor": auditor, "steward": steward}
    for operator in ("nssf", "idpoor", ""):
        users[f"reviewer {operator}".strip()] = User.objects.create_staff(
            username=f"walker.{operator}", password="only-for-tests-9182", role=Role.REVIEWER,
            operator_code=operator,
        )  # fmt: skip
    found = {who: browser(user) for who, user in users.items()}
    assert {user.role for user in users.values()} == set(ADMIN_ROLES)
    assert all(client.get("/km/admin/").status_code == 200 for client in found.values())
    return found

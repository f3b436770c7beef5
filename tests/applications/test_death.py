"""Nobody who has died is enrolled, and what they applied for is closed."""

import threading
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import translation

from applications import appeals, errors, reports, services
from applications.models import Application
from applications.stages import stages
from applications.timeline import events_of, timeline, what_next
from dsp_platform.accounts.models import User
from dsp_platform.casework.errors import AlreadyDecided
from dsp_platform.exchange.contract import ReportHeld
from dsp_platform.exchange.models import StatusReport
from registry.beneficiaries.enrolment import CannotEnrolDeceased, enrol
from registry.models import Enrolment, Person
from registry.registration.services import register_household
from tests.applications.test_following import decide
from tests.built_once import built_once
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import about, ask, heard
from tests.registry.changes.cast import decide as decide_change


@pytest.fixture
def dead(person):
    """Dead without the registry's steps, so that the applications stay open."""
    Person.objects.filter(pk=person.pk).update(died_on=date(2026, 11, 1))
    return person


@built_once
def couple(areas, nssf_agreements, sokha):
    """The head, and his wife with an account of her own."""
    wife = person_details(given_name="W", relationship="spouse", date_of_birth=date(1990, 1, 1), phone="")
    register_household(actor=sokha, details=household_details(person_details(given_name="H"), wife))
    widow = Person.objects.get(given_name="W")
    widow.account = User.objects.create_citizen(phone="+85512777901")
    widow.save(update_fields=["account"])
    return sokha.person, widow


def asked_death(head: Person, widow: Person):
    died = {"died": "2026-11-20"}
    return heard(ask(widow.account, "death", died=died, who=about(head), head=about(widow)))


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_death_closes_what_the_person_applied_for(couple, programme, commune_clerk, language):
    head, widow = couple
    application = services.submit_application(
        actor=head.account, assisted_session=None, person=head, programme=programme, consent=True
    )
    decide_change(asked_death(head, widow), commune_clerk)
    application.refresh_from_db()
    assert application.state == Application.State.WITHDRAWN
    with translation.override(language):
        words = {
            "km": ("បានបិទ៖ បុគ្គលនេះបានទទួលមរណភាព", "បិទ", "បុគ្គលនេះបានទទួលមរណភាព។ មិនមានអ្វីត្រូវធ្វើទៀតទេ។"),
            "en": (
                "Closed: the person has died",
                "Closed",
                "The person has died. Nothing more has to be done.",
            ),
        }[language]
        told = (timeline(application)[0].title, stages(application, events_of(application))[-1].title)
        assert (*told, what_next(application)) == words


WHY = {"km": "បានបិទ៖ បុគ្គលនេះបានទទួលមរណភាព", "en": "Closed: the person has died"}


@pytest.mark.parametrize("language", ["km", "en"])
def test_whoever_decides_afterwards_is_told_why_not(
    couple, programme, commune_clerk, nssf_reviewer, language
):
    head, widow = couple
    application = services.submit_application(
        actor=head.account, assisted_session=None, person=head, programme=programme, consent=True
    )
    decide_change(asked_death(head, widow), commune_clerk)
    with translation.override(language), pytest.raises(AlreadyDecided, match=WHY[language]):
        decide(application, nssf_reviewer, "approve")
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("decision", ["take_up", "ask_more", "approve"])
def test_a_reviewer_only_refuses_what_somebody_who_has_died_applied_for(
    application, dead, nssf_reviewer, decision
):
    with pytest.raises(errors.ApplicantDied):
        decide(application, nssf_reviewer, decision, note="?")
    assert not Enrolment.objects.exists()
    assert decide(application, nssf_reviewer).state == Application.State.REFUSED


def test_an_appeal_leads_nobody_who_has_died_into_a_new_review(application, dead, nssf_reviewer):
    decide(application, nssf_reviewer)
    with pytest.raises(errors.ApplicantDied):
        appeals.reopen_application(application=application, actor=nssf_reviewer, note="so")


def test_an_operators_approval_of_somebody_who_has_died_is_held(application, dead, operators):
    report = StatusReport(
        operator=operators["nssf"],
        kind="application",
        subject=application.reference,
        status="approved",
        occurred_at=datetime(2026, 11, 5, 9, tzinfo=UTC),
        reference="A-1",
    )
    with pytest.raises(ReportHeld, match="person_died"), transaction.atomic():
        reports.handle(report)
    assert not Enrolment.objects.exists()


def test_nobody_who_has_died_is_enrolled(programme, dead):
    with pytest.raises(CannotEnrolDeceased):
        enrol(person=dead, programme=programme, since=date(2026, 11, 5))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whose", ["head", "widow"], ids=["their own account", "another of the household"])
def test_whoever_dies_while_an_application_is_sent_has_none_open(
    couple, programme, commune_clerk, monkeypatch, whose
):
    head, widow = couple
    request, create = asked_death(head, widow), services._create
    reached, go_on = threading.Event(), threading.Event()
    outcomes = []

    def paused(*values):
        reached.set()
        assert go_on.wait(20)
        return create(*values)

    def submit(account):
        try:
            services.submit_application(
                actor=account, assisted_session=None, person=head, programme=programme, consent=True
            )
        except (errors.PersonDied, PermissionDenied) as error:
            outcomes.append(error)
        finally:
            connection.close()

    def die():
        outcomes.append(decide_change(request, commune_clerk))
        connection.close()

    monkeypatch.setattr(services, "_create", paused)
    account = head.account if whose == "head" else widow.account
    sending, dying = threading.Thread(target=submit, args=[account]), threading.Thread(target=die)
    sending.start()
    assert reached.wait(20)
    dying.start()
    dying.join(1)  # it waits, or is done
    go_on.set()
    sending.join(20)
    dying.join(20)
    assert Person.objects.get(pk=head.pk).died_on, outcomes
    assert not Application.objects.filter(state__in=Application.OPEN_STATES).exists()
    assert set(Application.objects.values_list("state", flat=True)) <= {Application.State.WITHDRAWN}


DIED = {
    "km": "បុគ្គលនេះបានទទួលមរណភាព។ មិនអាចដាក់ពាក្យក្នុងនាមគាត់បានទេ។",
    "en": "The person has died. Nothing can be applied for in their name.",
}


@pytest.mark.parametrize("language", ["km", "en"])
def test_nothing_is_applied_for_in_the_name_of_somebody_who_has_died(
    programme, nssf_agreements, person, sokha, language
):
    shown = Person.objects.get(pk=person.pk)
    Person.objects.filter(pk=person.pk).update(died_on=date(2026, 11, 1))
    with translation.override(language), pytest.raises(errors.PersonDied, match=DIED[language]):
        services.submit_application(
            actor=sokha, assisted_session=None, person=shown, programme=programme, consent=True
        )
    assert not Application.objects.exists()

"""Nobody who has died is enrolled, and what they applied for is closed."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from applications import appeals, errors, reports, services
from applications.models import Application
from applications.stages import stages
from applications.timeline import events_of, timeline, what_next
from dsp_platform.accounts.models import User
from dsp_platform.exchange.contract import ReportHeld
from dsp_platform.exchange.models import StatusReport
from registry.models import Enrolment, Person
from registry.services import enrol, register_household
from registry.services.enrolment import PersonDied
from tests.applications.test_following import decide
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import about, ask, heard
from tests.registry.changes.cast import decide as decide_change


@pytest.fixture
def dead(person):
    """Died without a step of ours in between: as rows from before applications were closed."""
    Person.objects.filter(pk=person.pk).update(died_on=date(2026, 11, 1))
    return person


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_death_closes_what_the_person_applied_for(
    areas, nssf_agreements, programme, sokha, commune_clerk, language
):
    wife = person_details(given_name="W", relationship="spouse", date_of_birth=date(1990, 1, 1), phone="")
    register_household(actor=sokha, details=household_details(person_details(given_name="H"), wife))
    head, widow = sokha.person, Person.objects.get(given_name="W")
    widow.account = User.objects.create_citizen(phone="+85512777901")
    widow.save(update_fields=["account"])
    application = services.submit_application(
        actor=sokha, case=None, person=head, programme=programme, consent=True
    )
    died = {"born": ["2026-11-20", "day"]}
    decide_change(
        heard(ask(widow.account, "death", died=died, who=about(head), head=about(widow))), commune_clerk
    )
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
    with pytest.raises(ReportHeld, match="person_died"):
        reports.handle(report)
    assert not Enrolment.objects.exists()


def test_nobody_who_has_died_is_enrolled(programme, dead):
    with pytest.raises(PersonDied):
        enrol(person=dead, programme=programme, since=date(2026, 11, 5))

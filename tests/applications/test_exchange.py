"""What an operator may hold of applications, and what it reports back."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from applications import reports
from applications.records import FIELDS, ApplicationKind
from dsp_platform.exchange.contract import Record, ReportHeld, Withdrawal, registered
from dsp_platform.exchange.models import Agreement, LedgerEntry, StatusReport
from dsp_platform.exchange.reports.services import handle_report
from dsp_platform.notifications.models import Message
from registry.consents.services import withdraw_consent
from registry.models import Enrolment
from tests.applications.helpers import APPLICATION_FIELDS, agreement

KIND = ApplicationKind()


def report(operators, application, status, number=1, *, operator="nssf", minutes=0, **values) -> StatusReport:
    return StatusReport.objects.create(
        operator=operators[operator],
        reference=f"N-{number}",
        kind="application",
        subject=application if isinstance(application, str) else application.reference,
        status=status,
        values=values,
        occurred_at=timezone.now() + timedelta(minutes=minutes),
    )


def handle(stored: StatusReport) -> None:
    with transaction.atomic():  # of the service that takes reports in
        reports.handle(stored)


def done(stored: StatusReport) -> None:
    handle(stored)
    stored.state = StatusReport.State.HANDLED
    stored.save()


def test_it_is_registered_with_the_exchange():
    assert isinstance(registered.kinds["application"], ApplicationKind)
    assert registered.reports["application"].handle is reports.handle


def test_a_record_holds_the_fields_of_the_agreement_and_no_other(application, nssf_agreements, person):
    (record,) = KIND.build(nssf_agreements[1], [application.pk])
    assert isinstance(record, Record)
    assert list(record.values) == APPLICATION_FIELDS
    assert record.values["reference"] == application.reference
    assert record.values["spid"] == person.spid
    assert record.consent_id is not None


def test_another_operator_is_told_to_hold_nothing(application, operators):
    other = agreement(operators["family_package"], "application", list(FIELDS))
    assert KIND.concerned(other, [application.pk]) == set()
    (withdrawal,) = KIND.build(other, [application.pk])
    assert withdrawal == Withdrawal(application.pk, application.version, application.reference)


def test_an_agreement_that_does_not_concern_applicants_gets_none(application, nssf_agreements):
    nssf_agreements[1].concerns = Agreement.Concerns.RULE
    assert KIND.concerned(nssf_agreements[1], [application.pk]) == set()


def test_consent_taken_back_takes_the_record_back(application, nssf_agreements, household, sokha):
    assert KIND.concerned(nssf_agreements[1], [application.pk]) == {application.pk}
    withdraw_consent(household=household, operator_code="nssf", actor=sokha, assisted_session=None)
    (withdrawal,) = KIND.build(nssf_agreements[1], [application.pk])
    assert isinstance(withdrawal, Withdrawal)


def test_the_dead_have_no_application_at_an_operator_under_a_law_either(application, nssf_agreements, person):
    agreed = nssf_agreements[1]
    agreed.basis = Agreement.Basis.LAW
    assert KIND.concerned(agreed, [application.pk]) == {application.pk}
    person.died_on = timezone.localdate()
    person.save()
    assert list(KIND.build(agreed, [application.pk])) == [
        Withdrawal(application.pk, application.version, application.reference)
    ]


def test_the_day_of_sending_is_cambodias_and_a_batch_is_one_question(
    application, nssf_agreements, django_assert_num_queries
):
    type(application).objects.update(submitted_at="2026-11-21T18:30:00Z")
    agreed = nssf_agreements[1]
    agreed.fields = ["reference", "submitted_on"]
    with django_assert_num_queries(1):
        (record,) = KIND.build(agreed, [application.pk])
    assert record.values["submitted_on"] == "2026-11-22"
    assert KIND.subjects_of("reference", [application.reference]) == {application.reference: application.pk}


def test_consent_taken_back_is_announced_for_applications_too(application, household, sokha):
    entry = LedgerEntry.objects.get(kind="application", subject_id=application.pk)
    LedgerEntry.objects.update(state="delivered")
    withdraw_consent(household=household, operator_code="nssf", actor=sokha, assisted_session=None)
    entry.refresh_from_db()
    assert (entry.state, entry.agreement_id) == ("due", None)


def test_a_law_needs_no_consent(application, nssf_agreements, household, sokha):
    withdraw_consent(household=household, operator_code="nssf", actor=sokha, assisted_session=None)
    nssf_agreements[1].basis = Agreement.Basis.LAW
    assert KIND.concerned(nssf_agreements[1], [application.pk]) == {application.pk}


def test_the_population_comes_page_by_page(application):
    assert KIND.population(0, 10) == [(application.pk, 1)]
    assert KIND.population(application.pk, 10) == []


def test_approved_in_the_operators_own_system(application, operators):
    done(report(operators, application, "approved", note="ok", reference="NSSF-77"))
    application.refresh_from_db()
    event = application.events.last()
    assert (application.state, application.decided_by) == ("approved", None)
    assert (event.source, event.actor, event.note) == ("operator", None, "ok")
    assert Enrolment.objects.get().operator_reference == "NSSF-77"
    assert Message.objects.filter(template="application_approve").count() == 1


def test_the_same_again_changes_nothing(application, operators):
    for number in range(3):
        done(report(operators, application, "approved", number, minutes=number))
    application.refresh_from_db()
    assert application.version == 2
    assert Message.objects.filter(template="application_approve").count() == 1


def test_a_late_report_changes_nothing(application, operators):
    done(report(operators, application, "refused", 2, minutes=2))
    done(report(operators, application, "more_asked", 1, minutes=1, note="?"))
    done(report(operators, application, "in_review", 3, minutes=3))
    application.refresh_from_db()
    assert (application.state, application.version) == ("refused", 2)


def test_a_new_question_is_asked_and_an_old_one_is_not(application, operators):
    done(report(operators, application, "more_asked", 1, note="one"))
    done(report(operators, application, "more_asked", 2, minutes=1, note="one"))
    done(report(operators, application, "more_asked", 3, minutes=2, note="two"))
    assert [event.note for event in application.events.filter(step="ask_more")] == ["one", "two"]


def test_a_contradiction_is_for_a_person(application, operators):
    done(report(operators, application, "approved", 1))
    with pytest.raises(ReportHeld, match="already_decided"):
        handle(report(operators, application, "refused", 2, minutes=1))


@pytest.mark.parametrize(
    ("subject", "status", "operator", "reason"),
    [
        ("A-0000-0000", "approved", "nssf", "unknown_subject"),
        ("nonsense", "approved", "nssf", "unknown_subject"),
        ("", "approved", "family_package", "not_its_programme"),
        ("", "lost", "nssf", "unknown_status"),
    ],
)
def test_what_cannot_be_handled_is_held(application, operators, subject, status, operator, reason):
    stored = report(operators, subject or application.reference, status, operator=operator)
    with pytest.raises(ReportHeld, match=reason):
        handle(stored)


def test_the_whole_way_of_a_report(application, operators):
    stored = report(operators, application, "refused", note="មិនមានសិទ្ធិ")
    handle_report(stored.pk)
    again = report(operators, application, "approved", 2, minutes=1)
    handle_report(again.pk)
    stored.refresh_from_db()
    again.refresh_from_db()
    assert (stored.state, again.state, again.reason) == ("handled", "held", "already_decided")
    application.refresh_from_db()
    assert application.state == "refused"
    assert not Enrolment.objects.exists()

"""Sessions in which an official acts for a person."""

import pytest
from django.db import connection

from dsp_platform.accounts.assisted_sessions import services
from dsp_platform.accounts.assisted_sessions.services import attach_subject, end_case
from dsp_platform.accounts.models import Case
from dsp_platform.accounts.tasks import purge
from dsp_platform.audit import selectors as audit
from dsp_platform.audit.models import AuditEvent
from tests.accounts.test_code_races import at_once
from tests.roles import as_owner


def open_case(official, subject_id=None, reason="registration"):
    return services.open_case(official=official, subject_id=subject_id, reason=reason, consent_text="Agreed.")


def test_opening_a_case_is_in_the_access_log_of_the_person(commune_clerk):
    case = open_case(commune_clerk, 17)
    look = audit.access_log("person", 17).get()
    assert (look.actor, look.reason, look.case_id) == (commune_clerk, "registration", case.pk)


def test_another_case_ends_the_one_before(commune_clerk):
    first, second = open_case(commune_clerk, 17), open_case(commune_clerk, 18)
    first.refresh_from_db()
    assert first.end == Case.End.SWITCHED
    assert Case.objects.get(ended_at=None) == second


def test_a_double_click_opens_one_case(commune_clerk):
    assert open_case(commune_clerk, 17) == open_case(commune_clerk, 17)
    assert audit.access_log("person", 17).count() == 1


def test_a_new_person_is_attached_once_registered(commune_clerk):
    case = open_case(commune_clerk)
    attach_subject(case=case, subject_id=17)
    attach_subject(case=case, subject_id=17)
    assert audit.access_log("person", 17).count() == 1


def test_a_case_never_changes_to_another_person(commune_clerk):
    case = open_case(commune_clerk, 17)
    with pytest.raises(ValueError, match="another person"):
        attach_subject(case=case, subject_id=18)


def test_a_case_ends_once(commune_clerk):
    case = open_case(commune_clerk, 17)
    end_case(case=case, end=Case.End.CLOSED)
    end_case(case=case, end=Case.End.IDLE)
    case.refresh_from_db()
    assert case.end == Case.End.CLOSED
    assert AuditEvent.objects.filter(action="end_case").count() == 1


def test_cases_nobody_came_back_to_are_ended_by_the_hourly_purge(commune_clerk, settings):
    case = open_case(commune_clerk, 17)
    Case.objects.filter(pk=case.pk).update(seen_at=case.seen_at - 3 * settings.CASE_LIFE)
    purge()
    case.refresh_from_db()
    assert case.end == Case.End.IDLE


@pytest.mark.django_db(transaction=True)
def test_two_cases_opened_concurrently_leave_one_open(commune_clerk):
    try:
        outcomes = at_once(*[lambda subject=number: open_case(commune_clerk, subject) for number in range(4)])
        assert all(isinstance(outcome, Case) for outcome in outcomes)
        assert Case.objects.filter(ended_at=None).count() == 1
    finally:
        # Audit rows cannot be deleted, so the trigger is bypassed to empty the test database.
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE audit_auditevent, accounts_case CASCADE")

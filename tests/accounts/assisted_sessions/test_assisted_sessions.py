"""Sessions in which an official acts for a person."""

import pytest
from django.db import connection

from dsp_platform.accounts.assisted_sessions import services
from dsp_platform.accounts.assisted_sessions.services import attach_subject, end_assisted_session
from dsp_platform.accounts.models import AssistedSession
from dsp_platform.accounts.tasks import end_abandoned
from dsp_platform.audit import selectors as audit
from dsp_platform.audit.models import AuditEvent
from tests.accounts.codes.test_code_races import at_once
from tests.roles import as_owner


def open_assisted_session(official, subject_id=None, reason="registration"):
    return services.open_assisted_session(
        official=official, subject_id=subject_id, reason=reason, consent_text="Agreed."
    )


def test_opening_an_assisted_session_is_in_the_access_log_of_the_person(commune_clerk):
    assisted_session = open_assisted_session(commune_clerk, 17)
    access = audit.access_log("person", 17).get()
    assert (access.actor, access.reason, access.assisted_session_id) == (
        commune_clerk,
        "registration",
        assisted_session.pk,
    )


def test_another_assisted_session_ends_the_one_before(commune_clerk):
    first, second = open_assisted_session(commune_clerk, 17), open_assisted_session(commune_clerk, 18)
    first.refresh_from_db()
    assert first.end == AssistedSession.End.SWITCHED
    assert AssistedSession.objects.get(ended_at=None) == second


def test_a_double_click_opens_one_assisted_session(commune_clerk):
    assert open_assisted_session(commune_clerk, 17) == open_assisted_session(commune_clerk, 17)
    assert audit.access_log("person", 17).count() == 1


def test_a_new_person_is_attached_once_registered(commune_clerk):
    assisted_session = open_assisted_session(commune_clerk)
    attach_subject(assisted_session=assisted_session, subject_id=17)
    attach_subject(assisted_session=assisted_session, subject_id=17)
    assert audit.access_log("person", 17).count() == 1


def test_an_assisted_session_never_changes_to_another_person(commune_clerk):
    assisted_session = open_assisted_session(commune_clerk, 17)
    with pytest.raises(ValueError, match="another person"):
        attach_subject(assisted_session=assisted_session, subject_id=18)


def test_an_assisted_session_ends_once(commune_clerk):
    assisted_session = open_assisted_session(commune_clerk, 17)
    end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.CLOSED)
    end_assisted_session(assisted_session=assisted_session, end=AssistedSession.End.IDLE)
    assisted_session.refresh_from_db()
    assert assisted_session.end == AssistedSession.End.CLOSED
    assert AuditEvent.objects.filter(action="end_case").count() == 1


def test_assisted_sessions_nobody_came_back_to_are_ended_each_hour(commune_clerk, settings):
    assisted_session = open_assisted_session(commune_clerk, 17)
    AssistedSession.objects.filter(pk=assisted_session.pk).update(
        seen_at=assisted_session.seen_at - 3 * settings.ASSISTED_SESSION_LIFE
    )
    end_abandoned()
    assisted_session.refresh_from_db()
    assert assisted_session.end == AssistedSession.End.IDLE


@pytest.mark.django_db(transaction=True)
def test_two_assisted_sessions_opened_concurrently_leave_one_open(commune_clerk):
    try:
        outcomes = at_once(
            *[lambda subject=number: open_assisted_session(commune_clerk, subject) for number in range(4)]
        )
        assert all(isinstance(outcome, AssistedSession) for outcome in outcomes)
        assert AssistedSession.objects.filter(ended_at=None).count() == 1
    finally:
        # Audit rows cannot be deleted, so the trigger is bypassed to empty the test database.
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE audit_auditevent, accounts_assistedsession CASCADE")

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.utils import timezone, translation

from applications import agreements, errors, services
from applications.models import Application
from dsp_platform.accounts.assisted_sessions.services import end_assisted_session, open_assisted_session
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.registration.services import register_household
from tests.applications.helpers import details


def submit(actor, person, programme, assisted_session=None, consent=True) -> Application:
    return services.submit_application(
        actor=actor, assisted_session=assisted_session, person=person, programme=programme, consent=consent
    )


def test_it_keeps_the_verdict_and_the_version_of_the_rule(application):
    assert (application.verdict, application.rule_version) == ("likely", 3)
    assert application.missing_facts == []
    assert [event.step for event in application.events.all()] == ["submit"]


def test_an_unlikely_verdict_stops_nobody(sokha, person, programme, nssf_agreements):
    programme.rule = "age >= 60"
    assert submit(sokha, person, programme).verdict == "unlikely"


def test_missing_facts_are_kept_by_name(sokha, person, programme, nssf_agreements):
    programme.rule = "disability == true"
    application = submit(sokha, person, programme)
    assert (application.verdict, application.missing_facts) == ("more", ["disability"])


def test_a_second_submit_finds_the_first(sokha, person, programme, application):
    assert submit(sokha, person, programme) == application
    assert application.events.count() == 1
    assert Message.objects.filter(template="application_received").count() == 1


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_programme_that_is_not_open_takes_none(sokha, person, programme, state):
    programme.state = state
    with pytest.raises(errors.NotOpen):
        submit(sokha, person, programme)


@pytest.mark.parametrize("dates", [{"closes_on": -1}, {"opens_on": 365}])
@pytest.mark.parametrize("state", ["open", "seasonal"])
def test_a_programme_takes_none_out_of_its_dates(sokha, person, programme, state, dates):
    programme.state = state
    for name, days in dates.items():
        setattr(programme, name, timezone.localdate() + timedelta(days=days))
    with pytest.raises(errors.NotOpen, match=r"\d{4}"):
        submit(sokha, person, programme)


def test_the_last_day_is_taken(sokha, person, programme):
    programme.closes_on = timezone.localdate()
    assert submit(sokha, person, programme).state == "submitted"


def test_information_only_programmes_take_none(sokha, person, programme):
    programme.takes_applications = False
    with pytest.raises(errors.NotOpen):
        submit(sokha, person, programme)


def test_consent_is_kept_with_the_exact_words(application, household, programme):
    consent = agreements.open_consent(household, "nssf")
    assert consent.channel == "online"
    assert str(programme.operator) in agreements.consent_text(programme)


def test_nothing_is_sent_without_consent(sokha, person, programme, nssf_agreements):
    with pytest.raises(errors.ConsentMissing):
        submit(sokha, person, programme, consent=False)
    assert not Application.objects.exists()


def test_consent_is_not_asked_where_no_agreement_rests_on_it(sokha, person, programme):
    assert submit(sokha, person, programme, consent=False).state == "submitted"


def test_the_operator_must_hold_application_and_applicant(application, person):
    due = LedgerEntry.objects.filter(operator="nssf").values_list("kind", "subject_id")
    assert set(due) == {("application", application.pk), ("person", person.pk)}


def test_the_message_is_in_the_language_of_the_person_and_ends_with_the_reference(application):
    message = Message.objects.get(template="application_received")
    assert (message.phone, message.language) == ("+85512345678", "km")
    assert render(message.template, message.params, "en").endswith(application.reference)


def test_a_message_about_a_child_goes_to_the_head(sokha, household, programme, nssf_agreements):
    child = household.memberships.get(relationship="child").person
    submit(sokha, child, programme)
    assert Message.objects.get(template="application_received").phone == "+85512345678"


def test_a_clerk_applies_for_the_person_of_the_open_assisted_session(
    commune_clerk, clerk_assisted_session, person, programme
):
    application = submit(commune_clerk, person, programme, assisted_session=clerk_assisted_session)
    assert application.events.get().source == "counter"
    assert application.language == person.language


def test_nobody_applies_for_a_stranger(sokha, commune_clerk, other_clerk, person, programme):
    with pytest.raises(PermissionDenied):
        submit(commune_clerk, person, programme)
    elsewhere = open_assisted_session(
        official=other_clerk, subject_id=person.pk, reason="apply", consent_text="read out"
    )
    with pytest.raises(PermissionDenied):
        submit(other_clerk, person, programme, assisted_session=elsewhere)


def test_nobody_applies_with_an_assisted_session_that_has_ended(
    commune_clerk, clerk_assisted_session, person, programme
):
    end_assisted_session(assisted_session=clerk_assisted_session, end="closed")
    with pytest.raises(PermissionDenied):
        submit(commune_clerk, person, programme, assisted_session=clerk_assisted_session)


def test_who_receives_the_support_does_not_apply_again(sokha, person, programme, application, nssf_reviewer):
    services.decide(application=application, decision="approve", actor=nssf_reviewer, expected_version=1)
    with pytest.raises(errors.AlreadyEnrolled):
        submit(sokha, person, programme)


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_application(sokha, person, programme, nssf_agreements):
    found: list[Application] = []
    together = threading.Barrier(4)

    def click() -> None:
        together.wait()
        with translation.override("km"):
            found.append(submit(sokha, person, programme))
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert len(found) == 4
    assert {application.pk for application in found} == {Application.objects.get().pk}
    assert Application.objects.get().events.count() == 1
    assert Message.objects.filter(template="application_received").count() == 1


def test_another_violated_constraint_is_no_double_click(sokha, person, programme, nssf_agreements):
    programme.rule_version = -1
    with pytest.raises(IntegrityError, match="rule_version_check"):
        submit(sokha, person, programme)


def test_two_households_do_not_meet(areas, sokha, person, programme, commune_clerk, clerk_assisted_session):
    end_assisted_session(assisted_session=clerk_assisted_session, end="closed")
    assisted_session = open_assisted_session(
        official=commune_clerk, subject_id=None, reason="new", consent_text="read out"
    )
    other = register_household(
        actor=commune_clerk, details=details("កែវ", "+85516222333"), assisted_session=assisted_session
    )
    with pytest.raises(PermissionDenied):
        submit(sokha, other.memberships.get(relationship="head").person, programme)

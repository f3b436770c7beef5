import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework import errors as casework
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from grievances import errors, pins, selectors, services
from grievances.models import Grievance
from tests.roles import as_owner


def handle(grievance, actor, step="resolve", version=1, **values):
    return services.handle_grievance(
        grievance=grievance,
        step=step,
        actor=actor,
        expected_version=version,
        **{"note": "យើងបានពិនិត្យហើយ", **values},
    )


def test_the_text_is_encrypted_at_rest(tell):
    grievance = tell(text="someone asked for money")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM grievances_grievance WHERE id = %s", [grievance.pk])
        assert b"money" not in bytes(cursor.fetchone()[0])
    assert Grievance.objects.get().text == "someone asked for money"


def test_the_same_form_twice_is_one_grievance(tell):
    submission = uuid.uuid4()
    assert tell(submission=submission) == tell(submission=submission, text="again")
    assert Grievance.objects.get().events.count() == 1


def test_another_violated_constraint_is_no_double_click(tell):
    with pytest.raises(IntegrityError, match="grievance_appeal_of_a_decision"):
        tell(category="appeal")


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_grievance(tell):
    submission = uuid.uuid4()
    found = []
    together = threading.Barrier(3)

    def click() -> None:
        together.wait()
        found.append(tell(submission=submission).reference)
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(3)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    assert found == [Grievance.objects.get().reference] * 3


def test_unnamed_leads_back_to_nobody(tell, sokha, commune_clerk, clerk_assisted_session):
    for actor, assisted_session in ((sokha, None), (commune_clerk, clerk_assisted_session)):
        grievance = tell(actor=actor, assisted_session=assisted_session, unnamed=True)
        assert (grievance.person, grievance.reported_by) == (None, None)
        assert not grievance.events.exclude(actor=None).exists()
        trail = AuditEvent.objects.filter(subject_kind="grievance", subject_id=grievance.pk)
        assert not trail.exclude(actor=None, assisted_session_id=None).exists()


def test_named_belongs_to_the_person_of_the_assisted_session(
    tell, commune_clerk, clerk_assisted_session, person
):
    grievance = tell(actor=commune_clerk, assisted_session=clerk_assisted_session)
    assert (grievance.person, grievance.reported_by) == (person, commune_clerk)
    assert list(selectors.grievances_of(person, None)) == [grievance]


def test_the_operator_of_the_application_gets_it(tell, sokha, person, operators):
    assert tell(actor=sokha, operator=operators["nssf"]).operator == operators["nssf"]


def test_an_answer_is_texted_without_its_words(tell, nssf_reviewer, operators):
    grievance = tell(operator=operators["nssf"], phone="+85512000111")
    services.confirm_phone(grievance=grievance, phone=grievance.phone)
    handled = handle(grievance, nssf_reviewer)
    assert (handled.state, handled.version) == ("resolved", 2)
    assert handled.events.last().note == "យើងបានពិនិត្យហើយ"
    message = Message.objects.get(template="grievance_changed")
    assert render(message.template, message.params, "km").endswith(grievance.reference)


def test_a_phone_is_not_flooded(tell):
    for _ in range(6):
        grievance = tell(phone="+85512000111")
        services.confirm_phone(grievance=grievance, phone=grievance.phone)
    assert Message.objects.filter(template="grievance_received").count() == services.RECEIPTS_A_DAY


def test_no_phone_no_message(tell, steward):
    handle(tell(), steward)
    assert not Message.objects.exists()


@pytest.mark.parametrize("step", ["resolve", "dismiss"])
def test_closing_needs_words(tell, steward, step):
    with pytest.raises(casework.NoteMissing):
        handle(tell(), steward, step, note=" ")


def test_only_the_operators_staff_and_stewards_handle(
    tell, operators, sokha, commune_clerk, family_package_reviewer, nssf_reviewer
):
    grievance = tell(operator=operators["nssf"])
    for actor in (sokha, commune_clerk, family_package_reviewer):
        with pytest.raises(PermissionDenied):
            handle(grievance, actor)
        assert grievance not in selectors.queue_of(actor)
    nssf_reviewer.operator_code = ""
    with pytest.raises(PermissionDenied):
        handle(grievance, nssf_reviewer)


def test_no_operator_means_stewards_only(tell, nssf_reviewer, steward):
    grievance = tell()
    assert grievance not in selectors.queue_of(nssf_reviewer)
    assert grievance in selectors.queue_of(steward)
    with pytest.raises(PermissionDenied):
        handle(grievance, nssf_reviewer)


def test_a_steward_passes_it_on(tell, steward, nssf_reviewer, operators):
    grievance = tell()
    with pytest.raises(errors.OperatorMissing):
        handle(grievance, steward, "pass_on")
    handle(grievance, steward, "pass_on", operator=operators["nssf"])
    assert grievance in selectors.queue_of(nssf_reviewer)
    with pytest.raises(PermissionDenied):
        handle(grievance, nssf_reviewer, "pass_on", version=2, operator=operators["pmrs"])


@pytest.mark.parametrize("language", ["km", "en"])
def test_nobody_handles_what_they_or_their_household_reported(tell, person, sokha, steward, language):
    grievance = tell(actor=sokha)
    steward.spid = person.spid
    with as_owner():
        steward.save(update_fields=["spid"])
    with translation.override(language), pytest.raises(casework.InConflict):
        handle(grievance, steward)


def test_nobody_handles_what_they_reported(tell, steward):
    with pytest.raises(casework.NotYours):
        handle(tell(actor=steward), steward)


def test_the_second_reads_who_was_first(tell, steward, second_steward):
    grievance = tell()
    handle(grievance, steward)
    with pytest.raises(casework.Overtaken, match="មាស ពិសី"):
        handle(grievance, second_steward)


def test_not_content_with_the_answer(tell, steward):
    grievance = tell()
    handle(grievance, steward)
    for words in ("ទេ", "ទៀត"):
        grievance = services.add_words(grievance=grievance, actor=None, assisted_session=None, text=words)
    assert (grievance.state, grievance.answered_at) == ("reported", None)
    assert [event.step for event in grievance.events.all()] == ["report", "resolve", "reopen", "add"]


def test_events_are_only_added(tell):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        tell().events.update(state="resolved")


def test_the_pin_is_not_stored(tell):
    grievance = tell()
    pin = pins.new_pin(grievance.reference, grievance.submission)
    assert len(pin) == pins.DIGITS
    assert pin.encode() not in bytes(grievance.pin_digest)
    assert pins.check(reference=grievance.reference, pin=pin, asker=pins.Asker()) == grievance


def test_the_same_step_sent_twice_is_taken_once(tell, steward):
    grievance = tell(phone="+85512000111")
    services.confirm_phone(grievance=grievance, phone=grievance.phone)
    for _click in range(2):
        handle(grievance, steward, "resolve", note="ចម្លើយ")
    assert grievance.events.filter(step="resolve").count() == 1
    assert Message.objects.filter(template="grievance_changed").count() == 1
    with pytest.raises(casework.Overtaken):
        handle(grievance, steward, "resolve", note="other words")

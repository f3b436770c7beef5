import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from applications import services, workflow
from applications.models import Application
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework import errors as casework
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.sms_templates import render
from registry.models import Enrolment


def decide(application, actor, decision="approve", version=1, **values) -> Application:
    return services.decide(
        application=application, decision=decision, actor=actor, expected_version=version, **values
    )


def test_approval_enrols_tells_and_delivers(application, nssf_reviewer, person, programme):
    decided = decide(application, nssf_reviewer, note="សូមអបអរ")
    assert (decided.state, decided.version, decided.decided_by) == ("approved", 2, nssf_reviewer)
    assert decided.decided_at is not None
    assert Enrolment.objects.get().person == person
    event = decided.events.last()
    assert (event.step, event.note, event.source) == ("approve", "សូមអបអរ", "admin")
    assert LedgerEntry.objects.get(kind="application").wanted_version == 2
    assert AuditEvent.objects.filter(action="approve", actor=nssf_reviewer).exists()


@pytest.mark.parametrize("decision", ["approve", "refuse", "ask_more"])
def test_the_answer_reaches_the_phone_in_khmer(application, nssf_reviewer, decision):
    decide(application, nssf_reviewer, decision, reason="documents", note="កំណត់ចំណាំ")
    message = Message.objects.get(template=f"application_{decision}")
    assert message.language == "km"
    text = render(message.template, message.params, message.language)
    assert text.endswith(application.reference)
    assert "សុខា" not in text


def test_a_refusal_needs_a_reason_of_the_table(application, nssf_reviewer):
    for reason in ("", "because", workflow.OPERATOR_REASON):
        with pytest.raises(casework.ReasonMissing):
            decide(application, nssf_reviewer, "refuse", reason=reason)
    decide(application, nssf_reviewer, "refuse", reason="documents")
    assert application.events.last().reason == "documents"


def test_a_question_needs_words(application, nssf_reviewer):
    with pytest.raises(casework.NoteMissing):
        decide(application, nssf_reviewer, "ask_more", note="  \u200b ")


def test_what_was_written_cannot_be_read_in_the_database(application, nssf_reviewer):
    decide(application, nssf_reviewer, "ask_more", note="Who beats you?")
    with connection.cursor() as cursor:
        cursor.execute("SELECT event::text FROM applications_applicationevent event")
        assert not [row for (row,) in cursor.fetchall() if "beats" in row or b"beats".hex() in row]
    assert application.events.get(step="ask_more").note == "Who beats you?"


def answer(application, actor, text: str, version: int | None):
    return services.answer_more(
        application=application, actor=actor, assisted_session=None, text=text, expected_version=version
    )


def test_the_applicant_answers_and_the_review_goes_on(application, nssf_reviewer, sokha):
    decide(application, nssf_reviewer, "ask_more", note="តើអ្នកធ្វើការឬទេ?")
    answered = answer(application, sokha, "ទេ", 2)
    assert answered.state == "in_review"
    assert answered.events.last().note == "ទេ"
    # Sent twice, it is one answer.
    answer(application, sokha, "ទេ", 2)
    assert answered.events.filter(step="answer").count() == 1


@pytest.mark.parametrize("version", [2, 3, None])
def test_another_answer_to_the_same_question_is_refused(application, nssf_reviewer, sokha, version):
    decide(application, nssf_reviewer, "ask_more", note="Which child?")
    answer(application, sokha, "The younger", 2)
    refused = casework.StepNotAllowed if version == 3 else casework.Overtaken
    with pytest.raises(refused):
        answer(application, sokha, "The elder", version)
    assert [event.note for event in application.events.filter(step="answer")] == ["The younger"]


@pytest.mark.parametrize("text", ["The younger", "The elder"])
def test_an_answer_to_the_question_before_is_none_to_the_next(application, nssf_reviewer, sokha, text):
    decide(application, nssf_reviewer, "ask_more", note="Which child?")
    answer(application, sokha, "The younger", 2)
    decide(application, nssf_reviewer, "ask_more", note="Are you sure?", version=3)
    with translation.override("en"), pytest.raises(casework.Overtaken, match="A new question"):
        answer(application, sokha, text, 2)
    application.refresh_from_db()
    assert (application.state, application.events.filter(step="answer").count()) == ("more_asked", 1)
    assert answer(application, sokha, text, 4).state == "in_review"


def test_only_staff_of_the_operator_decide(
    application, sokha, commune_clerk, family_package_reviewer, steward, nssf_reviewer
):
    for actor in (sokha, commune_clerk, family_package_reviewer, steward):
        with pytest.raises(PermissionDenied):
            decide(application, actor)
    nssf_reviewer.operator_code = ""
    with pytest.raises(PermissionDenied):
        decide(application, nssf_reviewer)


@pytest.mark.parametrize("language", ["km", "en"])
def test_nobody_decides_for_themself_or_their_household(application, nssf_reviewer, language):
    nssf_reviewer.spid = application.person.spid
    nssf_reviewer.save(update_fields=["spid"])
    with translation.override(language), pytest.raises(casework.InConflict):
        decide(application, nssf_reviewer)
    assert Application.objects.get().state == "submitted"


def test_nobody_decides_what_they_filed(application, nssf_reviewer):
    Application.objects.update(submitted_by=nssf_reviewer)
    with pytest.raises(casework.NotYours):
        decide(application, nssf_reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(decided_by=nssf_reviewer)


def test_the_second_reviewer_reads_who_was_first(application, nssf_reviewer, second_nssf_reviewer):
    decide(application, nssf_reviewer)
    with pytest.raises(casework.AlreadyDecided, match="គឹម សុភា"):
        decide(application, second_nssf_reviewer, "refuse", reason="documents")


def test_a_page_from_before_the_answer_decides_nothing(application, nssf_reviewer, sokha):
    decide(application, nssf_reviewer, "ask_more", note="?")
    answer(application, sokha, "yes", 2)
    with pytest.raises(casework.Overtaken):
        decide(application, nssf_reviewer, version=2)


def test_a_decision_is_final(application, nssf_reviewer, sokha):
    decide(application, nssf_reviewer)
    with pytest.raises(casework.StepNotAllowed):
        decide(application, nssf_reviewer, "refuse", reason="documents", version=2)
    with pytest.raises(casework.StepNotAllowed):
        services.withdraw(application=application, actor=sokha, assisted_session=None)


def test_withdrawing_makes_room_for_a_new_application(application, sokha, person, programme):
    assert services.withdraw(application=application, actor=sokha, assisted_session=None).state == "withdrawn"
    assert services.withdraw(application=application, actor=sokha, assisted_session=None).version == 2
    again = services.submit_application(
        actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
    )
    assert again.pk != application.pk


def test_only_the_household_withdraws(application, commune_clerk, nssf_reviewer):
    for actor in (commune_clerk, nssf_reviewer):
        with pytest.raises(PermissionDenied):
            services.withdraw(application=application, actor=actor, assisted_session=None)


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_do_not_both_decide(application, nssf_reviewer, second_nssf_reviewer):
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def press(actor, decision: str) -> None:
        together.wait()
        try:
            with translation.override("en"):
                decide(application, actor, decision, reason="documents")
            outcomes.append(decision)
        except casework.AlreadyDecided:
            outcomes.append("second")
        connection.close()

    pressed = [
        threading.Thread(target=press, args=(nssf_reviewer, "approve")),
        threading.Thread(target=press, args=(second_nssf_reviewer, "refuse")),
    ]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join()
    assert outcomes.count("second") == 1
    assert application.events.exclude(step="submit").count() == 1


@pytest.mark.parametrize("step", workflow.STEPS.values(), ids=lambda step: step.name)
def test_no_step_but_those_of_an_appeal_leads_out_of_an_end(step):
    assert step.side == workflow.APPEAL or set(step.before) <= set(workflow.OPEN)


def test_events_are_only_added(application):
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        application.events.update(note="changed")


def test_the_same_step_sent_twice_is_taken_once(application, nssf_reviewer):
    for _click in range(2):
        decided = decide(application, nssf_reviewer, "refuse", reason="documents", note="កំណត់ចំណាំ")
    assert decided.version == 2
    assert decided.events.filter(step="refuse").count() == 1
    with pytest.raises(casework.AlreadyDecided):
        decide(application, nssf_reviewer, "refuse", reason="documents", note="other words")

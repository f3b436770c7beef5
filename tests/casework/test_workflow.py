"""The taking of a step, on applications: the kind of casework whose table uses all of it."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from applications.models import Application
from applications.workflow import Source, application_workflow
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import NoteMissing, ReasonMissing, StepNotAllowed
from dsp_platform.casework.selectors import oldest_due_first
from dsp_platform.exchange.models import LedgerEntry
from dsp_platform.notifications.models import Message
from tests.roles import as_owner


def take(item: Application, step: str, **values) -> Application:
    with transaction.atomic():
        locked = application_workflow.lock(item)
        application_workflow.take_step(locked, step, **values)
    return locked


def test_a_step_changes_state_and_version_and_is_recorded(application, nssf_reviewer):
    taken = take(application, "ask_more", actor=nssf_reviewer, note=" Which  child? ", source=Source.ADMIN)
    taken.refresh_from_db()
    assert (taken.state, taken.version) == ("more_asked", 2)
    event = taken.events.last()
    assert (event.step, event.state, event.actor, event.source) == (
        "ask_more",
        "more_asked",
        nssf_reviewer,
        "admin",
    )
    assert event.note == application_workflow.clean_note(" Which  child? ")
    seen = AuditEvent.objects.filter(action="ask_more").get()
    assert (seen.subject_kind, seen.subject_id, seen.reason) == ("application", taken.pk, "admin")
    assert Message.objects.filter(template="application_ask_more").count() == 1
    assert LedgerEntry.objects.get(kind="application", subject_id=taken.pk).wanted_version == 2


def test_a_step_that_is_only_recorded_keeps_state_and_version(application, sokha):
    with transaction.atomic():
        application_workflow.record_step(application, "appeal", actor=sokha)
    application.refresh_from_db()
    assert (application.state, application.version) == ("submitted", 1)
    assert application.events.last().note is None


def test_a_step_from_another_state_changes_nothing(application, nssf_reviewer):
    with pytest.raises(StepNotAllowed):
        take(application, "answer", actor=nssf_reviewer, note="Two")
    application.refresh_from_db()
    assert (application.version, application.events.count()) == (1, 1)


@pytest.mark.parametrize("note", ["", "  \n ", "\u200b"])
def test_a_note_of_nothing_visible_is_none(application, nssf_reviewer, note):
    with pytest.raises(NoteMissing):
        take(application, "ask_more", actor=nssf_reviewer, note=note)


def test_a_reason_is_one_of_the_table(application, nssf_reviewer):
    with pytest.raises(ReasonMissing):
        take(application, "refuse", actor=nssf_reviewer, reason="mood")


def test_another_system_gives_neither_note_nor_reason(application):
    assert take(application, "ask_more", actor=None, source=Source.OPERATOR).state == "more_asked"
    assert take(application, "refuse", actor=None, source=Source.OPERATOR).state == "refused"


def test_each_side_is_offered_its_own_steps(application):
    def names(side: str) -> list[str]:
        return [step.name for step in application_workflow.allowed(application, side)]

    assert names("reviewer") == ["take_up", "approve", "ask_more", "refuse", "refer"]
    assert names("applicant") == ["withdraw"]
    assert names("appeal") == []


def test_a_form_sent_twice_is_known_by_its_last_step(application, nssf_reviewer, steward):
    taken = take(application, "ask_more", actor=nssf_reviewer, note="Which child?")
    repeated = {"actor": nssf_reviewer, "note": "Which child? "}
    assert application_workflow.is_sent_again(taken, "ask_more", **repeated)
    assert not application_workflow.is_sent_again(taken, "approve", **repeated)
    assert not application_workflow.is_sent_again(taken, "ask_more", actor=steward, note="Which child?")
    assert not application_workflow.is_sent_again(taken, "ask_more", actor=nssf_reviewer, note="Which one?")


@pytest.mark.parametrize(("language", "words"), [("km", "បានធ្វើមុន"), ("en", "came first")])
def test_who_was_first_is_said_in_words(application, nssf_reviewer, language, words):
    taken = take(application, "take_up", actor=nssf_reviewer)
    with override(language):
        said = application_workflow.overtaken_by(taken)
        assert words in said
        assert str(application_workflow.steps["take_up"].title) in said
        assert str(nssf_reviewer) in said


def test_what_happens_often_is_announced_once_a_day(application):
    for _time in range(3):
        application_workflow.send_text_daily(application, "application_unreadable")
    assert Message.objects.filter(template="application_unreadable").count() == 1


def test_a_step_repeated_on_one_item_sends_one_text_a_day(application, nssf_reviewer, sokha):
    def asked(question: str) -> int:
        take(application, "ask_more", actor=nssf_reviewer, note=question)
        return Message.objects.filter(template="application_ask_more").count()

    assert [asked("Which child?"), asked("Whose?"), asked("Since when?")] == [1, 1, 1]
    assert application.events.filter(step="ask_more").count() == 3
    # A question after the answer is another one.
    take(application, "answer", actor=sokha, note="The younger")
    assert asked("How old?") == 2
    assert asked("Exactly?") == 2
    with as_owner():
        Message.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert asked("On which day?") == 3


def test_the_next_one_is_looked_for_in_the_same_order(application, nssf_reviewer, rf):
    """So that the same index serves it, whatever the list was sorted by."""
    request = rf.get("/", {"_changelist_filters": "tab=mine&o=-1"})
    request.user = nssf_reviewer
    listed = admin.site.get_model_admin(Application).rows_of_list(request)
    assert listed.query.order_by == oldest_due_first(Application.objects.all()).query.order_by

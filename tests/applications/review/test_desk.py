"""The page on which a reviewer decides, and what comes between it and the applicant."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from applications.letter import letter_of
from applications.models import Application, HeldDecision
from applications.review import held
from applications.review import second as second_rules
from applications.workflow import REASONS
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.models import WorkItemNote
from dsp_platform.casework.notes import add_note
from registry.models import DuplicateCase, Enrolment, Person
from tests.applications.helpers import let_leave, sign_in
from tests.applications.review.test_held import asks_second
from tests.roles import as_owner

REFUSED = {"decision": "refuse", "reason": "documents", "note": "ខ្វះឯកសារ", "note_translated": "No card"}


def url(name: str, application, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"admin:applications_application_{name}", args=[application.pk])


def send(browser, application, language="en", **values):
    data = {"version": application.version, "reason": "", "note": "", "note_translated": "", **values}
    return browser.post(url("decide", application, language), data, follow=True)


def text(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def desk(nssf_reviewer):
    return sign_in(nssf_reviewer)


@pytest.mark.parametrize(
    ("language", "told"), [("km", "វានឹងចេញក្នុងរយៈពេល 10 នាទី"), ("en", "It leaves in 10 minutes")]
)
def test_what_will_happen_is_said_before_anything_is_held(application, desk, language, told):
    page = text(send(desk, application, language, **REFUSED))
    assert told in page
    assert "ពាក្យសុំរបស់អ្នកមិនត្រូវបានយល់ព្រមទេ" in page or "មិន" in page
    assert "No card" in page
    assert "ខ្វះឯកសារ" in page
    assert not HeldDecision.objects.exists()


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_refusal_may_have_several_reasons(application, desk, person, language):
    both = {**REFUSED, "reason": ["documents", "already_receives"]}
    previewed = text(send(desk, application, **both))
    send(desk, application, **both, confirmed="on")
    let_leave()
    assert application.events.last().reason == "already_receives,documents"
    assert AuditEvent.objects.get(action="refuse").reason == "already_receives"
    with translation.override(language):
        letter = letter_of(Application.objects.get(pk=application.pk))
        reasons = [str(REASONS[code]) for code in ("already_receives", "documents")]
    assert letter.reasons == reasons
    assert all(one in previewed for one in reasons)


def test_a_reason_that_is_none_is_refused(application, desk):
    assert "Select a valid choice" in text(
        send(desk, application, **{**REFUSED, "reason": ["documents", "x"]})
    )
    assert "Choose the reason for the refusal." in text(
        send(desk, application, **{**REFUSED, "reason": ""}, confirmed="on")
    )
    assert not HeldDecision.objects.exists()


@pytest.mark.parametrize(("language", "decided", "late"), [("km", "សម្រេច", "យឺត"), ("en", "decided", "late")])
def test_the_page_says_which_deadline_and_what_is_late(application, desk, language, decided, late):
    page = text(desk.get(url("change", application, language)))
    assert '<p class="due">' in page
    with as_owner():
        Application.objects.update(due_for="decide", due_at=timezone.now() - timedelta(days=1))
    page = text(desk.get(url("change", application, language)))
    said = page.partition('<p class="due late">')[2].partition("</p>")[0]
    assert decided in said
    assert late in said


@pytest.mark.parametrize("is_drawn", [False, True])
@pytest.mark.parametrize(
    ("language", "told", "secret"),
    [
        ("km", "សេចក្តីសម្រេចខ្លះត្រូវចាប់ឆ្នោត", "វាត្រូវបានចាប់ឆ្នោត"),
        ("en", "Some decisions are drawn", "It was drawn"),
    ],
)
def test_not_whether_a_second_reviewer_is_drawn(
    language, told, secret, is_drawn, application, desk, programme, monkeypatch
):
    asks_second(programme, second_review_share=50)
    monkeypatch.setattr(second_rules, "_is_drawn", lambda *about: is_drawn)
    page = text(send(desk, application, language, decision="approve"))
    assert told in page
    assert secret not in page
    assert not HeldDecision.objects.exists()


UNTRANSLATED = {"km": "ពាក្យរបស់អ្នកនៅក្នុងនោះជាភាសាខ្មែរ", "en": "Your words stand in it in Khmer"}


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_letter_that_carries_words_of_the_other_language_says_so(application, desk, language):
    page = text(send(desk, application, language, **{**REFUSED, "note_translated": ""}))
    assert page.count(UNTRANSLATED[language]) == 1
    for both in (REFUSED, {**REFUSED, "note": "", "note_translated": ""}):
        assert UNTRANSLATED[language] not in text(send(desk, application, language, **both))


def test_the_letter_is_shown_without_what_the_reviewer_may_not_read(application, desk, person):
    page = text(send(desk, application, **REFUSED))
    assert person.spid_grouped not in page


def test_confirmed_it_is_held(application, desk):
    page = text(send(desk, application, **REFUSED, confirmed="on"))
    assert "Until then it can be undone" in page
    one = HeldDecision.objects.get()
    assert (one.state, one.note_translated) == ("held", "No card")


def test_going_back_keeps_what_was_typed(application, desk):
    page = text(send(desk, application, **REFUSED, change="1"))
    assert "No card" in page
    assert not HeldDecision.objects.exists()


def test_a_review_starts_at_once(application, desk):
    send(desk, application, decision="take_up")
    application.refresh_from_db()
    assert application.state == "in_review"


def test_while_it_is_held_nothing_else_is_offered(application, desk, nssf_reviewer):
    held.hold(application=application, decision="approve", actor=nssf_reviewer, expected_version=1)
    page = text(desk.get(url("change", application)))
    assert 'name="decision"' not in page
    assert 'value="undo"' in page
    assert "leaves at" in page


def test_it_is_undone_on_the_page(application, desk):
    send(desk, application, decision="approve", confirmed="on")
    one = HeldDecision.objects.get()
    answer = desk.post(url("held", application), {"act": "undo", "held": one.pk}, follow=True)
    assert "taken back" in text(answer)
    assert 'name="decision"' in text(answer)
    one.refresh_from_db()
    assert one.state == "undone"


@pytest.mark.parametrize("sent", [{"act": "undo"}, {"act": "x", "held": "1"}, {"act": "undo", "held": "x"}])
def test_forged_acts_change_nothing(application, desk, sent):
    send(desk, application, decision="approve", confirmed="on")
    desk.post(url("held", application), sent)
    assert HeldDecision.objects.get().state == "held"


def test_the_queue_says_what_has_not_left(application, desk):
    send(desk, application, decision="approve", confirmed="on")
    with translation.override("en"):
        page = text(desk.get(reverse("admin:applications_application_changelist"), {"tab": "leaving"}))
    assert "leaves at" in page


def test_whoever_decided_is_told_that_it_did_not_leave(application, desk, sokha):
    send(desk, application, decision="approve", confirmed="on")
    type(application).objects.filter(pk=application.pk).update(version=9)
    let_leave()
    with translation.override("en"):
        queue = reverse("admin:applications_application_changelist")
    assert "did not leave" in text(desk.get(queue))
    assert "did not leave" in text(desk.get(url("change", application)))
    assert "did not leave" not in text(desk.get(queue))


def test_the_applicant_sees_nothing_before(application, desk, sokha):
    send(desk, application, **REFUSED, confirmed="on")
    with translation.override("km"):
        page = reverse("applications:application", args=[application.reference])
    assert "ខ្វះឯកសារ" not in text(sign_in(sokha).get(page))
    let_leave()
    assert "ខ្វះឯកសារ" in text(sign_in(sokha).get(page))


def test_the_second_reviewer_agrees_on_the_page(application, nssf_reviewer, second_nssf_reviewer):
    HeldDecision.objects.create(
        application=application, version=1, decision="approve", decided_by=nssf_reviewer,
        filed_by=application.submitted_by, second="share",
    )  # fmt: skip
    assert 'value="agree"' not in text(sign_in(nssf_reviewer).get(url("change", application)))
    other = sign_in(second_nssf_reviewer)
    assert 'value="agree"' in text(other.get(url("change", application)))
    one = HeldDecision.objects.get()
    other.post(url("held", application), {"act": "agree", "held": one.pk})
    one.refresh_from_db()
    assert one.agreed_by == second_nssf_reviewer


def test_what_the_person_has_at_the_own_operator_is_shown(
    application, desk, person, programme, other_programme
):
    Enrolment.objects.create(person=person, programme=programme, since=date(2025, 3, 4), state="ended")
    Enrolment.objects.create(person=person, programme=other_programme, since=date(2024, 5, 6))
    page = text(desk.get(url("change", application)))
    assert "04/03/2025" in page
    assert "06/05/2024" not in page  # of another operator


def test_a_possible_double_is_told_without_who_it_is(application, desk, person, other_citizen):
    other = other_citizen.person
    first, second = sorted([person, other], key=lambda one: one.pk)
    DuplicateCase.objects.create(reference="D-1111-1111", first=first, second=second, weight=9)
    page = text(desk.get(url("change", application)))
    assert "Possibly registered twice" in page
    assert other.spid not in page
    assert other.family_name not in page


def test_a_year_of_birth_is_shown_as_a_year(application, desk, person):
    Person.objects.filter(pk=person.pk).update(date_of_birth=date(1950, 1, 1), birth_precision="year")
    page = text(desk.get(url("change", application)))
    assert "1950" in page
    assert "01/01/1950" not in page


def test_internal_notes_are_for_staff(application, desk, nssf_reviewer, sokha):
    sent = {"internal_note": "Call the commune first."}
    assert "Call the commune first." in text(desk.post(url("note", application), sent, follow=True))
    desk.post(url("note", application), sent)
    note = WorkItemNote.objects.get()
    assert (note.author, note.text) == (nssf_reviewer, "Call the commune first.")
    with translation.override("km"):
        page = reverse("applications:application", args=[application.reference])
    assert "Call the commune" not in text(sign_in(sokha).get(page))
    assert AuditEvent.objects.filter(action="add_note", subject_id=application.pk).count() == 1


def test_a_note_is_stored_encrypted(application, desk):
    desk.post(url("note", application), {"internal_note": "secret words"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM casework_workitemnote")
        assert b"secret" not in bytes(cursor.fetchone()[0])


def test_an_empty_note_is_asked_for(application, desk):
    assert "Write a note." in text(desk.post(url("note", application), {"internal_note": " "}))
    assert not WorkItemNote.objects.exists()


def asked_by(desk, application) -> int:
    desk.get(url("change", application))
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(url("change", application)).status_code == 200
    return len([one for one in asked if "SAVEPOINT" not in one["sql"]])


def test_the_page_asks_little(application, desk):
    assert asked_by(desk, application) <= 16


def another(application, person, **values) -> Application:
    with as_owner():
        return Application.objects.create(
            person=person,
            programme=application.programme,
            operator=application.operator,
            submitted_by=application.submitted_by,
            rule_version=application.rule_version,
            **values,
        )


def test_a_full_page_asks_little_more(application, desk, nssf_reviewer, other_citizen):
    """With the next application, an earlier one, a note, an enrolment, and a decision that was undone."""
    another(application, application.person, reference="A-2345-2346", state="refused")
    another(application, other_citizen.person, reference="A-2345-2347", state="submitted")
    add_note(item=application, author=nssf_reviewer, text="Call the commune first.")
    Enrolment.objects.create(
        person=application.person, programme=application.programme, since=date(2026, 1, 1), state="active"
    )
    one = held.hold(application=application, decision="approve", actor=nssf_reviewer, expected_version=1)
    held.undo(held=one, actor=nssf_reviewer)
    assert asked_by(desk, application) <= 21

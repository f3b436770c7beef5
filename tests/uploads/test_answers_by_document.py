"""A document that is sent after a question answers it: who decides has the next step, in every casework."""

import pytest
from django.urls import reverse
from django.utils import translation

from applications import services as applications
from applications.documents import APPLICATION
from dsp_platform.casework.errors import Overtaken
from dsp_platform.notifications.models import Message
from registry.changes.evidence import CHANGE
from registry.changes.timeline import timeline, what_next
from tests.applications.helpers import sign_in
from tests.registry.changes.cast import BABY, ask
from tests.registry.changes.cast import decide as decide_change
from tests.uploads.conftest import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def birth(person, sokha, commune_clerk):
    return decide_change(ask(sokha, "birth", **BABY), commune_clerk, "ask_more", "Which paper?")


@pytest.fixture
def asked(application, nssf_reviewer):
    return applications.decide(
        application=application, decision="ask_more", note="?", actor=nssf_reviewer, expected_version=1
    )


def steps(item) -> list[str]:
    return list(item.events.values_list("step", flat=True))


def test_the_request_waits_for_the_commune_again(birth, send):
    send(kind=CHANGE, key=str(birth.pk))
    birth.refresh_from_db()
    assert (birth.state, steps(birth)) == ("waiting", ["ask", "ask_more", "document"])
    assert timeline(birth)[0].title == "Document received"
    assert what_next(birth).startswith("Your document was received.")


def test_a_second_document_is_no_second_answer_and_sends_no_text(birth, send):
    before = Message.objects.count()
    send(kind=CHANGE, key=str(birth.pk))
    send(jpeg(colour="red"), kind=CHANGE, key=str(birth.pk))
    assert steps(birth).count("document") == 1
    assert Message.objects.count() == before


def test_a_document_sent_before_and_sent_once_more_answers_too(person, sokha, commune_clerk, send):
    asked = ask(sokha, "birth", **BABY)
    send(kind=CHANGE, key=str(asked.pk))
    asked.refresh_from_db()
    decide_change(asked, commune_clerk, "ask_more", "Which paper?")
    send(kind=CHANGE, key=str(asked.pk))
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_one_that_cannot_be_read_answers_nothing(birth, send):
    send(b"%PDF-1.4 not a document", kind=CHANGE, key=str(birth.pk))
    birth.refresh_from_db()
    assert birth.state == "more_asked"


def test_a_photo_that_is_being_read_is_not_asked_for_again(birth, send):
    send(kind=CHANGE, key=str(birth.pk), read=False)
    assert what_next(birth) == "Your photo came and is being read. Then the commune looks at it."


def test_the_pages_of_both_sides_say_so(birth, send, sokha, commune_clerk):
    home, queue = reverse("registry:me"), reverse("registry:counter_changes")
    assert "Show a document" in sign_in(sokha).get(home).text
    assert "document received" not in sign_in(commune_clerk).get(queue).text
    send(kind=CHANGE, key=str(birth.pk))
    assert "Show a document" not in sign_in(sokha).get(home).text
    assert "document received" in sign_in(commune_clerk).get(queue).text


def test_an_application_is_under_review_again(asked, send, nssf_reviewer):
    send(kind=APPLICATION, key=str(asked.pk))
    asked.refresh_from_db()
    assert (asked.state, steps(asked)[-1]) == ("in_review", "document")
    listed = sign_in(nssf_reviewer).get(reverse("admin:applications_application_changelist"))
    assert "document received" in listed.text


def test_the_question_of_an_application_can_still_be_answered_in_words(asked, send, sokha):
    shown = asked.version
    send(kind=APPLICATION, key=str(asked.pk))
    answer = {"actor": sokha, "assisted_session": None, "expected_version": shown}
    applications.answer_more(application=asked, text="The blue card", **answer)
    assert steps(asked)[-2:] == ["document", "answer"]
    with pytest.raises(Overtaken):
        applications.answer_more(application=asked, text="Another one", **answer)

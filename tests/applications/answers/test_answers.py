"""A programme's questions, answered one on a page, checked, sent, and read by those who may."""

import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localdate

from applications import services
from applications.answers.drafts import forget_drafts
from applications.answers.selectors import lines_of, reads_answers
from applications.errors import QuestionsUnanswered
from applications.models import AnswerDraft, Answers, Application
from applications.my_data import SECTION
from applications.records import ApplicationKind
from dsp_platform.exchange.models import Agreement
from dsp_platform.uploads.models import Upload
from registry.my_data.sections import DataSubject
from registry.persons.households import household_of
from registry.programmes.questions.services import save_question
from tests.applications.helpers import APPLICATION_FIELDS, sign_in
from tests.registry.programmes.questions.cast import house_and_rent, publish, write
from tests.uploads.conftest import jpeg

pytestmark = pytest.mark.django_db
SHOWN = re.compile(r'name="shown" value="([^"]+)"')
WITH = re.compile(r'name="asked_with" value="([^"]+)"')


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.UPLOADS_FOLDER = str(tmp_path)


@pytest.fixture
def asked(programme, steward, second_steward):
    """Whose house; the rent, of those who rent; and words that need not be answered."""
    house, rent = house_and_rent(programme, steward)
    more = write(programme, steward, title_en="Anything else?", is_required=False)
    publish(programme, steward, second_steward)
    return {"house": house, "rent": rent, "more": more}


def seen(answer):
    return unescape(answer.content.decode())


class Applying:
    """Somebody at the pages of the questions, in English."""

    def __init__(self, client, programme, person):
        self.client, self.base = client, f"/en/apply/{programme.code}/{person.pk}/"

    def page(self, question):
        name = question if isinstance(question, str) else f"q{question.pk}"
        return f"{self.base}questions/{name}/"

    def open(self, question="check"):
        return self.client.get(self.page(question), follow=True)

    def tell(self, question, **typed):
        shown = WITH.search(self.open(question).content.decode())[1]
        return self.client.post(self.page(question), {"asked_with": shown, **typed}, follow=True)

    def send(self, **typed):
        shown = SHOWN.search(self.open().content.decode())[1]
        return self.client.post(self.page("check"), {"shown": shown, "consent": "on", **typed}, follow=True)


@pytest.fixture
def applying(sokha, programme, person, nssf_agreements):
    return Applying(sign_in(sokha), programme, person)


def test_one_question_a_page_and_what_depends_on_it(applying, asked, person):
    assert "questions/check/" in seen(applying.client.get(applying.base))
    assert "Whose is the house?" in seen(applying.open())
    assert "Rent in a month" in seen(applying.tell(asked["house"], answer="c2"))
    assert "Anything else?" in seen(applying.tell(asked["rent"], answer="១២០,000"))
    check = seen(applying.tell(asked["more"], answer=""))
    assert "Check the answers" in check
    assert "120000" in check
    # Another answer, and what depended on it is neither shown nor sent.
    assert "120000" not in seen(applying.tell(asked["house"], answer="c1"))
    applying.send()
    application = Application.objects.get()
    with translation.override("km"):
        assert [tuple(line) for line in lines_of(application)] == [
            ("ផ្ទះរបស់អ្នកណា?", "ផ្ទាល់ខ្លួន"),
            ("ឈ្មោះសាលា", "មិនបានឆ្លើយ"),
        ]
    assert not AnswerDraft.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter a number."),
        ("many", "Enter a whole number in digits."),
        ("0", "at least 1"),
        ("-", "whole"),
    ],
)
def test_a_wrong_answer_is_shown_as_it_was_typed(applying, asked, typed, words):
    applying.tell(asked["house"], answer="c2")
    page = seen(applying.tell(asked["rent"], answer=typed))
    assert words in page
    assert f'value="{typed}"' in page or not typed


def test_nothing_is_sent_while_a_question_is_open(applying, asked, sokha, person, programme):
    applying.tell(asked["house"], answer="c2")
    assert "Rent in a month" in seen(applying.open())
    with pytest.raises(QuestionsUnanswered):
        services.submit_application(
            actor=sokha, assisted_session=None, person=person, programme=programme, consent=True
        )
    assert not Application.objects.exists()


def test_the_page_of_before_the_questions_is_refused_kindly(applying, programme, steward, second_steward):
    shown = SHOWN.search(applying.client.get(applying.base).content.decode())[1]
    write(programme, steward)
    publish(programme, steward, second_steward)
    page = seen(applying.client.post(applying.base, {"shown": shown, "consent": "on"}))
    assert "has changed since it was shown" in page
    assert "Questions of this programme" in page
    assert not Application.objects.exists()


def test_who_is_applying_keeps_what_fits_and_is_told_what_is_new(
    applying, asked, programme, steward, second_steward
):
    applying.tell(asked["house"], answer="c1")
    stale = WITH.search(applying.open(asked["more"]).content.decode())[1]
    asked["more"].title_en = "What else should we know?"
    save_question(question=asked["more"], actor=steward)
    publish(programme, steward, second_steward)
    page = seen(
        applying.client.post(
            applying.page(asked["more"]), {"asked_with": stale, "answer": "words"}, follow=True
        )
    )
    assert "Your answers that still fit are kept." in page
    assert "New or changed: What else should we know?" in page
    assert "Your answer was not saved yet" in page
    assert 'value="words"' in page
    assert "were changed on" not in seen(applying.open())
    assert "Our own" in seen(applying.tell(asked["more"], answer="words"))


def test_old_applications_keep_the_version_that_they_answered(
    applying, asked, programme, steward, second_steward
):
    applying.tell(asked["house"], answer="c1")
    applying.tell(asked["more"], answer="")
    applying.send()
    asked["house"].title_km = "ផ្សេង"
    save_question(question=asked["house"], actor=steward)
    publish(programme, steward, second_steward)
    answers = Answers.objects.get()
    assert answers.answers_to.number == 1
    with translation.override("km"):
        assert lines_of(answers.application)[0].question == "ផ្ទះរបស់អ្នកណា?"


def test_what_was_answered_cannot_be_read_in_the_database(applying, asked):
    applying.tell(asked["house"], answer="c1")
    applying.tell(asked["more"], answer="very private words")
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM applications_answerdraft")
        (stored,) = cursor.fetchone()
    assert b"private" not in bytes(stored)


def test_a_file_is_an_answer_and_a_document(applying, programme, steward, second_steward, person):
    paper = write(programme, steward, kind="file", title_km="រូបថតសាលា", title_en="Photo of the school")
    publish(programme, steward, second_steward)
    assert "Choose a photo or a file." in seen(applying.tell(paper))
    photo = SimpleUploadedFile("school.jpg", jpeg(), "image/jpeg")
    assert "Check the answers" in seen(applying.tell(paper, answer=photo))
    applying.send()
    upload = Upload.objects.get()
    assert (upload.subject_kind, upload.title) == ("application", "Photo of the school")


def test_what_was_told_once_is_shown_to_confirm(
    applying, sokha, programme, other_programme, person, steward, second_steward
):
    shared = write(None, steward, title_en="Name of the school")
    questions = [write(one, steward, shared=shared) for one in (programme, other_programme)]
    for one in (programme, other_programme):
        publish(one, steward, second_steward)
    applying.tell(questions[0], answer="Wat Bo", keep="on")
    applying.send()
    other = Applying(applying.client, other_programme, person)
    page = seen(other.open())
    assert 'value="Wat Bo"' in page
    today = date_format(localdate(), "d/m/Y")
    assert f"You told this on {today} for “Voluntary health insurance”." in page


def test_what_was_told_once_is_shown_only_where_the_person_agreed(
    applying, programme, other_programme, person, steward, second_steward
):
    shared = write(None, steward)
    questions = [write(one, steward, shared=shared) for one in (programme, other_programme)]
    for one in (programme, other_programme):
        publish(one, steward, second_steward)
    applying.tell(questions[0], answer="Wat Bo")
    applying.send()
    assert "Wat Bo" not in seen(Applying(applying.client, other_programme, person).open())


def test_only_who_gave_them_and_whom_they_are_about_reads_them(application, sokha, other_citizen):
    assert reads_answers(sokha, sokha.person, application)
    assert not reads_answers(other_citizen, other_citizen.person, application)


def test_an_official_answers_for_who_is_there(
    asked, programme, person, commune_clerk, clerk_assisted_session, nssf_agreements
):
    counter = Applying(sign_in(commune_clerk), programme, person)
    counter.tell(asked["house"], answer="c1")
    counter.tell(asked["more"], answer="")
    counter.send()
    assert Application.objects.get().submitted_by == commune_clerk
    assert Answers.objects.get().answers[f"q{asked['house'].pk}"]["answer"] == "c1"


def test_nobody_answers_for_strangers(asked, programme, person, other_citizen):
    stranger = Applying(sign_in(other_citizen), programme, person)
    assert stranger.open(asked["house"]).status_code == 404


def test_the_reviewer_of_the_operator_reads_them(applying, asked, nssf_reviewer, family_package_reviewer):
    applying.tell(asked["house"], answer="c1")
    applying.tell(asked["more"], answer="near the market")
    applying.send()
    address = f"/en/admin/applications/application/{Application.objects.get().pk}/decide/"
    page = seen(sign_in(nssf_reviewer).get(address, follow=True))
    assert "near the market" in page
    assert "Whose is the house?" in page
    assert sign_in(family_package_reviewer).get(address).status_code == 404


def test_the_applicant_reads_them_and_takes_them_along(applying, asked, sokha, person):
    applying.tell(asked["house"], answer="c1")
    applying.tell(asked["more"], answer="near the market")
    assert "near the market" in seen(applying.send())
    about = DataSubject(person=person, household=household_of(person), members=(person,))
    assert "near the market" in json.dumps(SECTION.build(about), ensure_ascii=False)


def test_what_an_operator_is_sent_is_what_may_leave(applying, programme, steward, second_steward):
    may = write(programme, steward, title_en="School", may_leave=True)
    may_not = write(programme, steward, title_en="Secret")
    publish(programme, steward, second_steward)
    applying.tell(may, answer="Wat Bo")
    applying.tell(may_not, answer="hidden")
    applying.send()
    kind, application = ApplicationKind(), Application.objects.get()
    assert f"answer_q{may.pk}" in kind.fields
    assert f"answer_q{may_not.pk}" not in kind.fields
    before = Agreement.objects.get(kind="application")
    (record,) = kind.build(before, [application.pk])
    assert not [name for name in record.values if name.startswith("answer_")]
    before.fields = [*APPLICATION_FIELDS, f"answer_q{may.pk}"]
    (record,) = kind.build(before, [application.pk])
    assert record.values[f"answer_q{may.pk}"] == "Wat Bo"


def test_drafts_go_when_the_account_gets_another_holder(applying, asked, sokha):
    applying.tell(asked["house"], answer="c1")
    forget_drafts(sokha)
    assert not AnswerDraft.objects.exists()

"""What an official types at the counter for somebody is shown to nobody else who comes there later."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from applications.answers.drafts import draft_of
from applications.documents import DRAFT
from applications.models import AnswerDraft, Application
from dsp_platform.accounts.assisted_sessions.services import end_assisted_session, open_assisted_session
from dsp_platform.accounts.models import User
from dsp_platform.khmer.dates import PartialDate
from dsp_platform.uploads.models import Upload
from registry.models import Person
from registry.persons.details import PersonDetails
from registry.registration.services import register_household
from tests.applications.answers.test_answers import Applying, seen
from tests.applications.helpers import details, sign_in
from tests.registry.programmes.questions.cast import publish, write
from tests.uploads.conftest import jpeg, worker_reads

pytestmark = pytest.mark.django_db
SECRET, PAPER = "he beats me", "Paper of the hospital"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.UPLOADS_FOLDER = str(tmp_path)


@pytest.fixture
def husband(areas, operators) -> Person:
    account = User.objects.create_citizen(phone="+85512345678")
    told = details()
    head = replace(told.members[0], sex="male", circumstances={})
    wife = PersonDetails(
        family_name="កែវ",
        given_name="ស្រីមុំ",
        sex="female",
        born=PartialDate(date(1984, 5, 1)),
        relationship="spouse",
        circumstances={"pregnant": False},
    )
    register_household(actor=account, details=replace(told, members=(head, wife)))
    return account.person


@pytest.fixture
def wife(husband) -> Person:
    return Person.objects.get(given_name="ស្រីមុំ")


class Counter:
    """The same official, for one after the other."""

    def __init__(self, official):
        self.official, self.client, self.case = official, sign_in(official), None

    def begin(self, person):
        if self.case is not None:
            end_assisted_session(assisted_session=self.case, end="closed")
        self.case = open_assisted_session(
            official=self.official, subject_id=person.pk, reason="apply", consent_text="read out"
        )
        return self.client


@pytest.fixture
def counter(commune_clerk, nssf_agreements) -> Counter:
    return Counter(commune_clerk)


@pytest.fixture
def asked(programme, other_programme, steward, second_steward):
    """Why help is needed, of both programmes; and a paper, of the first."""
    shared = write(None, steward, title_en="Why do you need help?")
    why, why_again = [write(one, steward, shared=shared) for one in (programme, other_programme)]
    paper = write(programme, steward, kind="file", title_km="លិខិតពេទ្យ", title_en=PAPER)
    for one in (programme, other_programme):
        publish(one, steward, second_steward)
    return {"why": why, "why again": why_again, "paper": paper}


@pytest.fixture
def told(counter, asked, programme, wife) -> Applying:
    """By the wife at the counter; not sent yet."""
    applying = Applying(counter.begin(wife), programme, wife)
    applying.tell(asked["why"], answer=SECRET, keep="on")
    applying.tell(asked["paper"], answer=SimpleUploadedFile("h.jpg", jpeg(), "image/jpeg"))
    worker_reads()
    return applying


def lists_file(applying, question) -> bool:
    """The page of the question says that it was sent, and the page of the documents shows it."""
    says = "is sent already" in seen(applying.open(question))
    address = f"/en/documents/{DRAFT}/{Upload.objects.get().subject_key}/"
    shows = str(Upload.objects.get().pk) in seen(applying.client.get(address))
    assert says == shows
    return shows


def file_of(client) -> int:
    return client.get(f"/en/documents/{Upload.objects.get().pk}/1/").status_code


def test_what_was_not_sent_is_in_no_case_of_another_adult(told, asked, counter, programme, wife, husband):
    later = Applying(counter.begin(husband), programme, wife)
    assert SECRET not in seen(later.open(asked["why"]))
    assert SECRET not in seen(later.open())
    assert not lists_file(later, asked["paper"])
    assert file_of(later.client) == 404
    # It is there again for her.
    again = Applying(counter.begin(wife), programme, wife)
    assert SECRET in seen(again.open(asked["why"]))
    assert lists_file(again, asked["paper"])
    assert file_of(again.client) == 200


def test_what_he_answers_for_her_changes_nothing_of_hers(told, asked, counter, programme, wife, husband):
    later = Applying(counter.begin(husband), programme, wife)
    later.tell(asked["why"], answer="she is ill")
    assert AnswerDraft.objects.count() == 2
    again = counter.begin(wife)
    assert SECRET in seen(Applying(again, programme, wife).open(asked["why"]))
    answers = draft_of(counter.official, counter.case, wife, programme).answers
    assert answers[f"q{asked['why'].pk}"]["answer"] == SECRET


def test_what_was_sent_is_in_no_case_of_another_adult(
    told, asked, counter, programme, other_programme, wife, husband
):
    told.send()
    reference = Application.objects.get().reference
    client = counter.begin(husband)
    assert SECRET not in seen(client.get(f"/en/applications/{reference}/"))
    assert SECRET not in seen(Applying(client, other_programme, wife).open(asked["why again"]))
    assert file_of(client) == 404
    client = counter.begin(wife)
    page = seen(client.get(f"/en/applications/{reference}/"))
    assert SECRET in page
    assert str(Upload.objects.get().pk) in page
    assert SECRET in seen(Applying(client, other_programme, wife).open(asked["why again"]))
    assert file_of(client) == 200


@pytest.mark.parametrize("sent", [False, True])
def test_nor_does_his_account_open_the_file_that_she_answered_by(told, asked, programme, wife, husband, sent):
    if sent:
        told.send()
    own = Applying(sign_in(husband.account), programme, wife)
    assert file_of(own.client) == 404
    if sent:
        page = seen(own.client.get(f"/en/applications/{Application.objects.get().reference}/"))
        assert str(Upload.objects.get().pk) not in page
    else:
        assert not lists_file(own, asked["paper"])


def test_the_operator_reads_the_file(told, nssf_reviewer):
    told.send()
    assert file_of(sign_in(nssf_reviewer)) == 200


def test_other_documents_are_the_households_as_before(told, counter, wife, husband):
    told.send()
    Upload.objects.update(title="ID card")
    assert file_of(sign_in(husband.account)) == 200
    assert file_of(counter.begin(husband)) == 200


def test_whoever_sent_the_file_from_an_account_sees_it(asked, programme, wife, husband, nssf_agreements):
    own = Applying(sign_in(husband.account), programme, wife)
    own.tell(asked["why"], answer="she is ill")
    own.tell(asked["paper"], answer=SimpleUploadedFile("h.jpg", jpeg(), "image/jpeg"))
    worker_reads()
    assert file_of(own.client) == 200
    assert lists_file(own, asked["paper"])

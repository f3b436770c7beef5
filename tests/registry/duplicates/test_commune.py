"""The commune that is asked: what its officials see, who of them may answer, and what an answer does."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone, translation

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict, NotYours
from registry.duplicates.errors import AnswerMissing
from registry.duplicates.services import answer_case
from registry.duplicates.timeline import timeline
from registry.models import DuplicateCase, KeySetup, Person
from tests.registry.duplicates.cast import decide, steps_of
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
QUESTION = "តើនេះជាមនុស្សតែម្នាក់ទេ?"


@pytest.fixture
def asked(case, steward) -> DuplicateCase:
    """Bat Trang is asked, where the second record is."""
    decide(case, "ask", steward, commune="010202", note=QUESTION)
    case.refresh_from_db()
    return case


def answer(case: DuplicateCase, actor: User, said: str = "same", **changes: object) -> DuplicateCase:
    sent = {"expected_version": case.version, "note": "", **changes}
    return answer_case(case=case, answer=said, actor=actor, **sent)


def test_an_answer_goes_back_to_the_steward(asked, other_clerk):
    answer(asked, other_clerk, "same", note="ខ្ញុំស្គាល់នាង")
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.answered_by) == ("waiting", "same", other_clerk)
    assert steps_of(asked) == ["find", "ask", "answer"]


def test_an_answer_is_one_of_three(asked, other_clerk):
    with pytest.raises(AnswerMissing):
        answer(asked, other_clerk, "perhaps")


def test_the_same_answer_sent_twice_is_one(asked, other_clerk):
    answer(asked, other_clerk)
    answer(asked, other_clerk)
    assert steps_of(asked) == ["find", "ask", "answer"]


def test_only_the_commune_that_is_asked_answers(asked, commune_clerk, steward):
    for user in (commune_clerk, steward):
        with pytest.raises(PermissionDenied):
            answer(asked, user)


def test_who_registered_one_of_them_lately_does_not_answer(asked, second, other_clerk):
    Person.objects.filter(pk=second.pk).update(registered_by=other_clerk)
    with pytest.raises(NotYours):
        answer(asked, other_clerk)
    Person.objects.filter(pk=second.pk).update(created_at=timezone.now() - timedelta(31))
    answer(asked, other_clerk)


def test_a_relative_does_not_answer(asked, first, other_clerk):
    User.objects.filter(pk=other_clerk.pk).update(spid=first.spid)
    other_clerk.refresh_from_db()
    with pytest.raises(InConflict):
        answer(asked, other_clerk)


@LANGUAGES
def test_the_first_page_of_the_counter_counts_and_leads_there(asked, other_clerk, commune_clerk, language):
    page = browser(other_clerk).get(f"/{language}/counter/").content.decode()
    assert f"/{language}/counter/one-person/" in page
    assert "one-person" not in browser(commune_clerk).get(f"/{language}/counter/").content.decode()


@LANGUAGES
def test_the_list_names_nobody(asked, second, other_clerk, language):
    page = browser(other_clerk).get(f"/{language}/counter/one-person/").content.decode()
    assert asked.reference in page
    assert second.given_name not in page


def page_of(user: User, case: DuplicateCase, language: str = "en") -> str:
    found = browser(user).get(f"/{language}/counter/one-person/{case.reference}/")
    return found.content.decode() if found.status_code == 200 else str(found.status_code)


@LANGUAGES
def test_of_the_other_commune_only_what_the_question_needs_is_shown(
    asked, first, second, other_clerk, language
):
    page = page_of(other_clerk, asked, language)
    assert QUESTION in page
    assert second.spid_grouped in page
    assert first.family_name in page
    assert first.spid_grouped not in page
    assert first.village.name not in page
    assert "14/04/1984" not in "".join(re.findall(r"<section>.*?</section>", page, re.DOTALL)[:1])


def test_nobody_else_opens_it(asked, commune_clerk):
    assert page_of(commune_clerk, asked) == "404"


def test_both_persons_read_that_the_commune_looked(asked, first, second, other_clerk):
    page_of(other_clerk, asked)
    looks = AuditEvent.objects.filter(action="view", subject_kind="person", reason="asked_duplicate")
    assert set(looks.values_list("subject_id", flat=True)) == {first.pk, second.pk}


def test_a_relative_reads_neither_record(asked, first, second, other_clerk):
    User.objects.filter(pk=other_clerk.pk).update(spid=first.spid)
    page = page_of(other_clerk, asked)
    assert asked.reference in page
    assert second.spid_grouped not in page


def test_it_is_answered_on_its_page(asked, other_clerk):
    client, path = browser(other_clerk), f"/en/counter/one-person/{asked.reference}/"
    missing = client.post(path, {"step": "answer", "version": asked.version, "note": ""})
    assert "Choose an answer." in missing.content.decode()
    typed = {"step": "answer", "answer": "unknown", "version": asked.version, "note": ""}
    assert client.post(path, typed)["Location"] == "/en/counter/one-person/"
    asked.refresh_from_db()
    assert asked.answer == "unknown"


def test_a_question_that_was_taken_back_is_not_answered(asked, other_clerk, steward):
    client, path = browser(other_clerk), f"/en/counter/one-person/{asked.reference}/"
    typed = {"step": "answer", "answer": "same", "version": asked.version, "note": ""}
    decide(asked, "different", steward)
    client.post(path, typed)
    asked.refresh_from_db()
    assert asked.answer == ""


@pytest.mark.parametrize(("language", "words"), [("en", "does not wait"), ("km", "មិនរង់ចាំ")])
def test_an_answered_question_that_is_loaded_again_says_so(asked, second, other_clerk, language, words):
    answer(asked, other_clerk)
    page = page_of(other_clerk, asked, language)
    assert words in page
    assert not {second.spid_grouped, second.given_name} & set(re.split(r"[<>\s]", page))


def test_nobody_else_learns_that_a_question_was_answered(asked, other_clerk, commune_clerk):
    answer(asked, other_clerk)
    assert page_of(commune_clerk, asked) == "404"


NOT_FOR_YOU = [
    ("en", "Not for you to answer", "nother official"),
    ("km", "មិនមែនសម្រាប់អ្នកឆ្លើយ", "មន្ត្រីផ្សេង"),
]
COUNT = r'one-person/">[^<]*</a>\s*<span class="tag care">'


@pytest.mark.parametrize(("language", "listed", "who"), NOT_FOR_YOU)
@pytest.mark.parametrize("why", ["registered", "set_up", "related"])
def test_what_this_official_may_not_answer_is_not_counted_and_says_who_may(
    asked, second, other_clerk, language, listed, who, why
):
    client = browser(other_clerk)
    assert re.search(COUNT, client.get(f"/{language}/counter/").content.decode())
    if why == "registered":
        Person.objects.filter(pk=second.pk).update(registered_by=other_clerk)
    elif why == "set_up":
        KeySetup.objects.create(person=second, kind="account", official=other_clerk)
    else:
        User.objects.filter(pk=other_clerk.pk).update(spid=second.spid)
    assert not re.search(COUNT, client.get(f"/{language}/counter/").content.decode())
    page = client.get(f"/{language}/counter/one-person/").content.decode()
    assert listed in page
    assert who in page
    if why != "related":
        assert who in page_of(other_clerk, asked, language)


@pytest.mark.parametrize(("language", "words"), [("en", "it is one person"), ("km", "ជាបុគ្គលតែមួយ")])
def test_the_steward_sees_the_answer_in_the_list_and_among_the_events(
    asked, other_clerk, steward, language, words
):
    answer(asked, other_clerk)
    with translation.override(language):
        (event, *_before) = timeline(asked)
        address = reverse("admin:registry_duplicatecase_changelist")
    assert words in event.title
    assert words in browser(steward).get(address).content.decode()

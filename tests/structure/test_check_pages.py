"""Every check page sends only the answers that it showed; without them it is shown again and says so."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from applications.answer_views import QuestionView
from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.wizard.views import WizardView
from registry.changes.drafts import save_change_draft
from registry.changes.kinds import KINDS
from registry.changes.views import ChangeQuestion
from registry.models import Household, Person, Programme
from registry.registration.services import register_household
from registry.registration.views import RegistrationQuestion
from tests.built_once import built_once
from tests.registry.cast import BOPHA_BORN, child_details, household_details, person_details
from tests.registry.changes.cast import every_answer
from tests.registry.pages import asked_on, shown_on
from tests.registry.programmes.questions.cast import publish, write
from tests.sending import tables
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

SAID = {
    "en": "Nothing was sent: the answers may have changed since they were shown.",
    "km": "គ្មានអ្វីត្រូវបានផ្ញើទេ៖ ចម្លើយអាចបានផ្លាស់ប្តូរចាប់តាំងពីត្រូវបានបង្ហាញ។",
}
# As a page sends it that was loaded before check pages had a digest, and pages that showed other answers.
NOT_THESE = ({}, {"shown": ""}, {"shown": "0" * 64})


def _views(patterns: list) -> Iterator[Callable]:
    for pattern in patterns:
        yield from _views(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern.callback]


def with_check_page() -> set[type[WizardView]]:
    views = {getattr(view, "view_class", object) for view in _views(get_resolver().url_patterns)}
    return {view for view in views if issubclass(view, WizardView) and view.check is not WizardView.check}


@built_once
def family(areas, sokha) -> Household:
    """A couple and their child."""
    husband = person_details(given_name="វណ្ណា", sex="male", relationship="spouse", date_of_birth=BOPHA_BORN)
    details = household_details(person_details(), husband, child_details())
    return register_household(actor=sokha, details=details)


def change(kind: str, family: Household, sokha: User, clerk: User) -> Client:
    answers = every_answer(family)
    if kind == "marriage":  # a child of seven does not marry, nor does who is born this month
        answers |= {"who": answers["payee"], "living": {"living": "elsewhere"}}
    user, assisted_session = sokha, None
    if KINDS[kind].by_head_at_counter:
        user, assisted_session = (
            clerk,
            AssistedSession.objects.create(
                official=clerk, subject_id=sokha.person.pk, reason="account", consent_text="x"
            ),
        )
    save_change_draft(owner=user, assisted_session=assisted_session, kind=kind, answers=answers)
    client = browser(user)
    session = client.session
    session[step_up.PROVED] = int(timezone.now().timestamp())
    session.save()
    return client


def answers_to(programme: Programme, sokha: User, first: User, second: User) -> Client:
    """The one question that the programme asks is answered."""
    question = write(programme, first)
    publish(programme, first, second)
    client = browser(sokha)
    page = f"/km/{address_of(APPLYING)}".replace("/check/", f"/q{question.pk}/")
    client.post(page, {**asked_on(client, page), "answer": "x"})
    return client


def address_of(page: str) -> str:
    return page.format(head=Person.objects.get(account__phone="+85512345678").pk) if "{" in page else page


APPLYING = "apply/health/{head}/questions/check/"
# Of each wizard with a check page: the addresses of its check pages.
PAGES: dict[type[WizardView], list[str]] = {
    RegistrationQuestion: ["register/check/"],
    ChangeQuestion: [f"my/changes/{kind}/check/" for kind in KINDS],
    QuestionView: [APPLYING],
}


def test_every_wizard_with_a_check_page_is_walked():
    assert with_check_page() == PAGES.keys()


@pytest.fixture
def client(request, page) -> Client:
    """Every question is answered."""
    if page == "register/check/":
        return request.getfixturevalue("registering")
    if page == APPLYING:
        request.getfixturevalue("family")
        names = ("programme", "sokha", "steward", "second_steward")
        return answers_to(*(request.getfixturevalue(name) for name in names))
    kind = page.split("/")[2]
    return change(kind, *(request.getfixturevalue(name) for name in ("family", "sokha", "commune_clerk")))


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("page", [page for pages in PAGES.values() for page in pages])
def test_only_what_was_shown_is_sent(client, page, language):
    address = f"/{language}/{address_of(page)}"
    shown, before = shown_on(client, address), tables()
    for sent in NOT_THESE:
        answer = client.post(address, sent)
        assert answer.status_code == 200
        assert SAID[language] in answer.content.decode()
        assert f'value="{shown["shown"]}"' in answer.content.decode()
    assert tables() == before  # neither sent nor lost
    assert SAID[language] not in client.get(address).content.decode()
    assert client.post(address, shown).status_code == 302
    assert tables() != before

"""Two members of one name and one date of birth are told apart on every page that names one of them.

One of two sisters asks for each kind of change, about the other wherever a member can be named. Every page is
walked: the questions, the check page, the request, its list, who is heard, who decides.
"""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from dsp_platform.accounts.access import step_up
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.khmer.dates import PartialDate
from registry.changes.context import asked_daily_life, self_and_children
from registry.changes.drafts import save_change_draft
from registry.changes.hearings.selectors import concerned_by
from registry.changes.kinds import KINDS
from registry.changes.selectors import household_context
from registry.changes.wizard import ChangeWizard
from registry.models import ChangeRequest, Person
from registry.persons.households import household_of, members_of
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.registry.cast import child_details, household_details, official, person_details, said_right
from tests.registry.changes.cast import about, every_answer
from tests.registry.pages import Family, confirm
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

SISTERS = "សុខ ដារា"
BORN = "01/06/2004"
TWIN_PHONE = "+85512999001"
# Beside the name, or in a list of members a few words after it.
TOLD = re.compile(rf"(?:(?!{SISTERS}).){{0,60}}?\d{{4}} \d{{4}} \d{{4}}")
TOLD_IN_DRAFT = re.compile(rf"\s*\({BORN}, (member|នាក់ទី) ?\d\)")
VALUE = "Written now Name "  # what is recorded, where the name itself is corrected
NO_SIGN_OF = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


@built_once
def twins(areas, sokha) -> tuple[Person, Person]:
    daughter = child_details(given_name="ដារា", latin_given_name="Dara", born=PartialDate.parse("2004-06-01"))
    details = household_details(person_details(), daughter, daughter)
    home = register_household(actor=sokha, details=said_right(details))
    one, other = (one.person for one in members_of(home)[1:])
    one.account = User.objects.create_citizen(phone=TWIN_PHONE)
    one.save(update_fields=["account"])
    return one, other


def answers_about(kind: str, one: Person, other: Person, mother: Person) -> dict:
    """Each kind takes those that it asks for."""
    answers = every_answer(
        household_of(one),
        who=about(other),
        mother={"mother": other.spid},
        head=about(other),
        relationships={mother.spid: "parent", one.spid: "sibling"},
        payee=about(other),
        circumstances={"working": "yes"},
    )
    if kind in ("marriage", "joins"):
        answers |= {
            "birth": {"born": "2000-05-05"},
            "relationship": {"relationship": "other_relative"},
        }
    if kind == "birth":
        answers |= {"relationship": {"relationship": "grandchild"}}
    if kind == "birth-date":
        answers |= {"birth": {"born": "2003-06-01"}}
    if KINDS[kind].whom in (self_and_children, asked_daily_life):
        answers |= {"who": about(one)}
    return answers


def client_of(user: User) -> Client:
    client = browser(user)
    session = client.session
    session[step_up.PROVED] = int(timezone.now().timestamp())
    session.save()
    return client


def untold(client: Client, page: str, told: re.Pattern = TOLD) -> Iterator[str]:
    """Where this page names one of the two without saying which."""
    answer = client.get(page)
    assert answer.status_code == 200, page
    words = " ".join(unescape(NO_SIGN_OF.sub(" ", answer.content.decode())).split())
    for found in re.finditer(SISTERS, words):
        is_value = words.endswith(VALUE, 0, found.start())
        if not is_value and not told.match(words, found.end()):
            yield f"{page}: {words[max(found.start() - 60, 0) : found.end() + 60]}"


def pages_before(kind: str, user: User, assisted_session: AssistedSession | None, answers: dict) -> list[str]:
    """The list of kinds, its first page, each question, and the check page."""
    wizard = ChangeWizard(KINDS[kind], household_context(user, assisted_session), answers)
    assert wizard.is_complete, (kind, wizard.first_open())
    questions = [wizard.url(key) for key in wizard.order()]
    return [reverse("registry:changes"), reverse("registry:change", args=[kind]), *questions]


def pages_after(request: ChangeRequest, clerks: dict[str, User], head: User) -> Iterator[tuple[User, str]]:
    """Who reads which page of a request."""
    kind, own = KINDS[request.kind], request.asked_by
    yield own, reverse("registry:change_request", args=[request.reference])
    yield own, reverse("registry:changes")
    if own.is_citizen:  # an official reads there also that two members have one name
        yield own, reverse("registry:me")
    yield clerks["01020101"], reverse("registry:counter_changes")
    if not kind.at_once:
        decides = reverse("registry:counter_change", args=[request.reference])
        yield clerks[request.village_id], decides
    if kind.moves_home:
        heard = reverse("registry:counter_household_change", args=[request.reference])
        yield clerks["01020101"], heard
    if kind.is_heard and head.person in concerned_by(request):
        yield head, reverse("registry:my_household_change", args=[request.reference])


@pytest.mark.parametrize("kind", KINDS)
def test_each_page_of_a_change_says_which_of_the_two(twins, sokha, commune_clerk, other_clerk, kind):
    one, other = twins
    user, assisted_session, clerk = one.account, None, commune_clerk
    if KINDS[kind].by_head_at_counter:
        user, clerk = commune_clerk, official("district.mongkol", "0102")
        assisted_session = AssistedSession.objects.create(
            official=user, subject_id=sokha.person.pk, reason="account", consent_text="x"
        )
    answers = answers_about(kind, one, other, sokha.person)
    save_change_draft(owner=user, assisted_session=assisted_session, kind=kind, answers=answers)
    client = client_of(user)
    with translation.override("en"):
        pages = pages_before(kind, user, assisted_session, answers)
        wrong = [found for page in pages for found in untold(client, page)]
        assert confirm(client, pages[-1]).status_code == 302
        clerks = {"01020101": clerk, "01020201": other_clerk}
        for reader, page in pages_after(ChangeRequest.objects.get(), clerks, sokha):
            wrong += untold(client if reader == user else client_of(reader), page)
    assert wrong == []


def test_a_name_that_is_not_told_apart_is_found(twins):
    """The walk would find it: on her own page her name stands as the heading too."""
    one, _other = twins
    client = client_of(one.account)
    assert "ដារា" in client.get("/en/my/changes/").content.decode()
    assert [*untold(client, "/en/my/changes/", re.compile("nothing"))]


def test_each_page_about_a_member_says_which_of_the_two(twins, sokha):
    one, other = twins
    client = client_of(one.account)
    pages = ["my/", "my/data/", "my/consents/"]
    assert household_of(one) == household_of(other)
    assert [found for page in pages for found in untold(client, f"/en/{page}")] == []


def test_the_official_reads_for_whom_they_act_and_who_is_in_the_household(twins, commune_clerk):
    """On every page of the case."""
    one, _other = twins
    AssistedSession.objects.create(
        official=commune_clerk, subject_id=one.pk, reason="question", consent_text="x"
    )
    client = browser(commune_clerk)
    is_rare = r"\) and|\): two members have one name"  # says itself that they are alike
    told = re.compile(rf"\s*\({BORN}(?:, SPID|{is_rare})")
    assert [found for page in ("my/", "my/data/") for found in untold(client, f"/en/{page}", told)] == []


@pytest.mark.parametrize("language", ["km", "en"])
def test_members_who_are_not_registered_yet_are_told_apart_by_their_place(areas, sharing, sokha, language):
    family = Family(browser(sokha), language)
    family.head(consent={"agree": "on", "operators": ["nssf"]})
    born = {"born_day": "1", "born_month": "6", "born_year": "2004"}
    daughter = {
        "name": {"family_name": "សុខ", "given_name": "ដារា"},
        "sex": {"sex": "female"},
        "birth": born,
    }
    family.child(2, **daughter)
    family.child(3, **daughter)
    family.confirm_rare(3)
    family.post("document", {"document_type": "none"}, 3)
    root = f"/{language}/register"
    pages = ["members/", "member/2/sex/", "member/3/document/", "member/3/remove/"]
    assert [found for page in pages for found in untold(family.client, f"{root}/{page}", TOLD_IN_DRAFT)] == []
    assert family.client.get(f"{root}/members/").content.decode().count("ដារា") > 3

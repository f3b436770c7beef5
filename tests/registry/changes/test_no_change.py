"""A request that would change nothing is refused, where it is typed and where it is sent."""

import pytest
from django.utils import translation

from dsp_platform.khmer.dates import PartialDate
from dsp_platform.wizard.questions import Key
from registry.changes import no_change, number_lookups
from registry.changes.kinds import KINDS
from registry.changes.selectors import household_context
from registry.changes.wizard import ChangeWizard
from registry.errors import ChangeError
from registry.models import ChangeRequest, Household, Person
from registry.persons.validation import NAME_VALIDATORS
from registry.persons.writer import PersonWriter
from registry.plausibility.wizard import Implausible
from tests.registry.changes.cast import BABY, about, ask, joining
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

CARD = {"document_type": "identity_card", "document_number": "010987321"}
ALWAYS_CHANGE = {"birth", "death", "take-back"}


@pytest.fixture
def recorded(heng, maly, rith):
    """Of each kind the answers that say what is recorded."""
    head, home = heng.person, Household.objects.get(memberships__person=maly)
    with PersonWriter() as writer:
        writer.update_household(home, payee=maly, address="ផ្ទះលេខ ៤")
        writer.update_person(head, working=True)
        writer.replace_document(maly, *CARD.values())
    own = {"name": {name: getattr(maly, name) for name in NAME_VALIDATORS}}
    relations = {maly.spid: "spouse", rith.spid: "child"}
    return {
        "joins": joining(maly),
        "marriage": {"who": about(head), "living": {"living": "here"}, **joining(maly)},
        "head": {"head": about(head), "relationships": relations},
        "move": {"place": {"village_code": home.village_id, "address": "ផ្ទះលេខ ៩"}},
        "address": {"address": {"address": "ផ្ទះលេខ ៤"}},
        "phone": {"who": about(head), "phone": {"phone": head.phone}},
        "circumstances": {"who": about(head), "circumstances": {"working": "yes"}},
        "payee": {"payee": about(maly)},
        "name": {"who": about(maly), **own},
        "sex": {"who": about(maly), "sex": {"sex": maly.sex}},
        "birth-date": {"who": about(maly), "birth": {"born": str(maly.born)}},
        "document": {"who": about(maly), "document": CARD},
    }


@pytest.fixture
def of_one(family_of_one, sokha):
    """She lives alone."""
    place = {"village_code": "01020101", "address": ""}
    return {"leaves": {"who": about(sokha.person), "where": {"where": "own"}, "place": place}}


def test_every_kind_says_when_it_would_change_nothing(recorded, of_one):
    never = {code for code, kind in KINDS.items() if kind.unchanged is no_change.never}
    assert never == ALWAYS_CHANGE
    assert recorded.keys() | of_one.keys() == KINDS.keys() - never


def refused(user, kind: str, answers: dict) -> str:
    """Sent, and typed as the last answer. A document is looked up where it is typed, which is counted."""
    with pytest.raises(ChangeError) as sent:
        ask(user, kind, **answers)
    wizard = ChangeWizard(KINDS[kind], household_context(user, None), answers)
    last = next(name for name in reversed(answers) if name != "who")
    if last == "document":
        told = {"actor": user, "assisted_session": None, "answers": answers, "person": wizard.person}
        assert str(number_lookups.why_not_document(**told)) == str(sent.value)
        return str(sent.value)
    with pytest.raises(Implausible) as typed:
        wizard.require_possible(Key(last), answers[last])
    assert str(typed.value) == str(sent.value)
    return str(sent.value)


@pytest.mark.parametrize("language", ["km", "en"])
def test_each_kind_refuses_what_is_recorded_already(recorded, heng, language):
    with translation.override(language):
        words = {kind: refused(heng, kind, answers) for kind, answers in recorded.items()}
    assert all(words.values())
    assert not ChangeRequest.objects.exists()


def test_who_lives_alone_does_not_leave_for_a_household_of_their_own(of_one, sokha):
    with translation.override("en"):
        assert "in a household of their own already" in refused(sokha, "leaves", of_one["leaves"])
    assert not ChangeRequest.objects.exists()


def test_a_date_known_more_exactly_is_a_change(maly, heng):
    with PersonWriter() as writer:
        writer.update_person(maly, born=PartialDate.parse("1992"))
    assert ask(heng, "birth-date", who=about(maly), birth={"born": "1992-03-08"}).is_open


def test_the_page_says_so_and_keeps_nothing(recorded, heng, maly):
    client = browser(heng)
    client.post("/en/my/changes/sex/who/", about(maly))
    page = client.post("/en/my/changes/sex/sex/", {"sex": maly.sex})
    assert page.status_code == 200
    assert "nothing would change" in page.content.decode()
    assert client.get("/en/my/changes/sex/check/").status_code == 302


def test_none_is_no_document(maly, heng):
    client = browser(heng)
    client.post("/en/my/changes/document/who/", about(maly))
    assert 'value="none"' not in client.get("/en/my/changes/document/document/").content.decode()
    assert client.post("/en/my/changes/document/document/", {"document_type": "none"}).status_code == 200
    with pytest.raises(ChangeError):
        ask(heng, "document", who=about(maly), document=BABY["document"])


def test_a_newborn_may_have_no_document(heng):
    assert ask(heng, "birth", **BABY).is_open
    assert Person.objects.exists()

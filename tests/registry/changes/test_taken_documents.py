"""A document of another person is refused where it is typed, in words that say nothing about that person."""

import pytest
from django.utils import translation

from registry.changes import number_lookups
from registry.changes.kinds import KINDS
from registry.changes.selectors import household_context
from registry.errors import ChangeError
from registry.models import Lookup
from registry.persons import lookups
from registry.persons.writer import PersonWriter
from tests.registry.changes.cast import NAME, about, ask
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

CARD = {"document_type": "identity_card", "document_number": "010987321"}
WORDS = "This document cannot be used here."


@pytest.fixture
def hers(family_of_one, sokha):
    """Sokha, of another household, has the card."""
    with PersonWriter() as writer:
        writer.replace_document(sokha.person, *CARD.values())
    return sokha.person


@pytest.fixture
def typing(heng, maly):
    """On the page of the document."""
    client = browser(heng)
    client.post("/en/my/changes/document/who/", about(maly))
    return client


def typed(client, **changes) -> str:
    return client.post("/en/my/changes/document/document/", CARD | changes, follow=True).content.decode()


def test_it_is_told_where_it_is_typed(hers, typing):
    page = typed(typing)
    assert WORDS in page
    assert hers.name not in page
    assert typing.get("/en/my/changes/document/check/").status_code == 302  # nothing was kept


def test_one_that_nobody_has_is_taken(hers, typing):
    assert WORDS not in typed(typing, document_number="010987322")


def test_one_that_families_share_is_taken(hers, typing):
    with PersonWriter() as writer:
        writer.replace_document(hers, "family_book", "77")
    assert WORDS not in typed(typing, document_type="family_book", document_number="77")


def test_each_answer_is_counted_and_beyond_the_limit_nothing_is_compared(hers, typing, heng):
    for _time in range(lookups.OF_CITIZEN_A_DAY):
        assert WORDS in typed(typing)
        Lookup.objects.filter(kind="document").update(numbers=[])  # as if it was another one
    assert WORDS not in typed(typing)


# --- whoever holds somebody's document learns no name and no date of birth by trying them


TAKES_IN = sorted(code for code, kind in KINDS.items() if kind.may_take_in)


def steps_of(kind: str, person, maly) -> dict:
    """All that is asked before the document."""
    first = {"who": about(maly), "living": {"living": "here"}} if kind == "marriage" else {}
    return first | {
        "known": {"has_spid": "no"},
        "name": {"family_name": person.family_name, "given_name": person.given_name},
        "sex": {"sex": person.sex},
        "birth": {"born_day": "14", "born_month": "4", "born_year": "1984"},
    }


@pytest.mark.parametrize("kind", TAKES_IN)
def test_what_is_told_of_a_newcomers_document_depends_on_no_name_and_no_date(hers, heng, maly, kind):
    """Whoever has the document moves in by it, and is asked; who asked for it does not learn of it."""
    client, steps = browser(heng), steps_of(kind, hers, maly)
    page = f"/en/my/changes/{kind}/"
    for step, answer in steps.items():
        assert client.post(f"{page}{step}/", answer).status_code == 302
    answers = set()
    for other in ({}, {"birth": {**steps["birth"], "born_day": "15"}}, {"name": NAME}):
        for step, answer in {**{step: steps[step] for step in other}, **other}.items():
            assert client.post(f"{page}{step}/", answer).status_code == 302
        told = client.post(f"{page}document/", CARD)
        answers.add((told.status_code, told.url))
    assert answers == {(302, f"{page}relationship/")}
    assert not Lookup.objects.exists()  # nothing is compared where nothing is told


def why_not(user, answers, person=None) -> str:
    told = {"actor": user, "assisted_session": None, "answers": answers, "person": person}
    with translation.override("en"):
        return str(number_lookups.why_not_document(**told))


def test_every_other_kind_that_asks_for_a_document_tells_it_for_one_person(heng):
    """By the number and whose it is to become, both of which are counted."""
    context = household_context(heng, None)
    asking = [kind for kind in KINDS.values() if "document" in kind.questions({}, context)]
    assert {kind.code for kind in asking if not kind.may_take_in} == {"birth", "document"}


@pytest.mark.parametrize("question", ["name", "birth", "who"])
def test_each_differing_try_of_a_number_is_counted_and_the_next_is_not_compared(hers, heng, maly, question):
    for other in range(lookups.OF_CITIZEN_A_DAY):
        for _click in range(1 if other == lookups.OF_CITIZEN_A_DAY - 1 else 2):
            assert WORDS in why_not(heng, {"document": CARD, question: {"told": other}})
    assert Lookup.objects.filter(kind="document").count() == lookups.OF_CITIZEN_A_DAY
    assert why_not(heng, {"document": CARD, question: {"told": "another"}}) == ""


@pytest.fixture
def recorded(heng, maly):
    """Of another adult of the household, whose number its members are not shown."""
    with PersonWriter() as writer:
        writer.replace_document(maly, *CARD.values())
    return {"who": about(maly), "document": CARD}


def test_that_it_is_recorded_of_a_member_is_counted_too(recorded, heng, maly):
    assert "recorded already" in why_not(heng, recorded, maly)
    assert set(Lookup.objects.values_list("kind", flat=True)) == {"document", "typed"}
    Lookup.objects.filter(kind="document").update(weight=lookups.OF_CITIZEN_A_DAY)
    assert "recorded already" in why_not(heng, recorded, maly)  # it was told, and stays so


def test_beyond_the_limit_it_is_not_told(recorded, heng, maly):
    Lookup.objects.create(account=heng, kind="document", weight=lookups.OF_CITIZEN_A_DAY)
    assert why_not(heng, recorded, maly) == ""


def test_so_it_is_where_it_is_sent_and_refused(recorded, heng):
    for _click in range(2):
        with pytest.raises(ChangeError):
            ask(heng, "document", **recorded)
    assert Lookup.objects.get().kind == "document"
    Lookup.objects.update(weight=lookups.OF_CITIZEN_A_DAY)
    with translation.override("en"), pytest.raises(ChangeError, match="Too many documents were tried"):
        ask(heng, "document", **recorded)


def test_no_other_page_tells_it_without_counting(recorded, heng, maly, typing):
    """The number was kept where it was not compared any more; whose it is to be is then answered again."""
    Lookup.objects.create(account=heng, kind="document", weight=lookups.OF_CITIZEN_A_DAY)
    assert "recorded already" not in typed(typing)
    page = typing.post("/en/my/changes/document/who/", about(maly), follow=True).content.decode()
    assert "recorded already" not in page

"""A document of another person is refused where it is typed, in words that say nothing about that person."""

import pytest

from registry.models import Lookup
from registry.persons import lookups
from registry.persons.writer import PersonWriter
from tests.registry.changes.cast import about
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


def test_who_asks_does_not_learn_that_a_newcomer_is_registered(hers, heng, maly):
    """Whoever has the document moves in by it, and is asked."""
    client = browser(heng)
    born = {"born_day": "14", "born_month": "4", "born_year": "1984"}
    steps = {
        "known": {"has_spid": "no"},
        "name": {"family_name": hers.family_name, "given_name": hers.given_name},
        "sex": {"sex": hers.sex},
        "birth": born,
    }
    for step, answer in steps.items():
        assert client.post(f"/en/my/changes/joins/{step}/", answer).status_code == 302
    page = client.post("/en/my/changes/joins/document/", CARD)
    assert page.status_code == 302

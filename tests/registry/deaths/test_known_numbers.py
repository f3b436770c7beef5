"""The number of somebody dead invites nobody to a second SPID, and tells no stranger of the death."""

import re

import pytest

from dsp_platform.accounts.models import AssistedSession
from registry.errors import AlreadyRegistered
from registry.models import Person
from registry.registration.services import is_document_taken, register_household
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import NO_PAPER, about, ask, decide, heard
from tests.registry.pages import official_client

pytestmark = pytest.mark.django_db
CARD = {"document_type": "identity_card", "document_number": "010203049"}
KNOWN = "The registry has this number already"


@pytest.fixture
def dead(maly, heng, rith, other_clerk) -> Person:
    """Maly, in the commune of ``other_clerk``, with an identity card."""
    decide(ask(heng, "document", who=about(maly), document=NO_PAPER | CARD), other_clerk)
    decide(heard(ask(heng, "death", who=about(maly), died={"died": "2026-11-20"})), other_clerk)
    return Person.objects.get(pk=maly.pk)


def search(laptop, query: str) -> str:
    page = laptop.post("/en/counter/", {"query": query}).content.decode()
    return re.sub(r'(value|nonce|seconds)="[^"]*"', "", page)


def test_the_counter_says_that_the_number_is_known_and_where_to_go(dead, other_clerk):
    laptop = official_client(other_clerk)
    for number in (dead.spid, CARD["document_number"]):
        page = search(laptop, number)
        assert KNOWN in page
        assert "tell a steward" in page
        assert dead.given_name not in page
        assert "died" not in page


def test_the_number_of_somebody_of_another_area_gets_the_same_answer(dead, heng, other_clerk, commune_clerk):
    living, other = heng.person.spid, dead.spid
    laptop = official_client(commune_clerk)
    assert search(laptop, living) == search(laptop, other)
    assert KNOWN in search(laptop, living)


def test_a_number_that_nobody_has_is_not_known(dead, other_clerk):
    laptop = official_client(other_clerk)
    for number in ("010203050", "ម៉ាលី"):
        page = search(laptop, number)
        assert KNOWN not in page
        assert "Nobody in your area was found" in page


def test_a_registration_with_the_document_is_refused_as_soon_as_it_is_typed(dead, other_clerk):
    case = AssistedSession.objects.create(official=other_clerk, reason="register", consent_text="x")
    assert is_document_taken(actor=other_clerk, assisted_session=case, **CARD)
    details = household_details(
        person_details(given_name="ម៉ាលី", latin_given_name="Maly", born=dead.born, **CARD),
        village_code="01020201",
    )
    with pytest.raises(AlreadyRegistered):
        register_household(actor=other_clerk, details=details, assisted_session=case)

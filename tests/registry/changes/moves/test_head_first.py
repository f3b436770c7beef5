"""Who leads a household in which others stay says yes to no move before it has a new head."""

import pytest
from django.utils import translation

from registry.changes.moves.services import HeadFirst
from registry.errors import ChangeError
from registry.models import Person
from tests.registry.cast import HEAD_PHONE
from tests.registry.changes.cast import about, agree, ask, decide, heard, joining
from tests.registry.changes.moves.test_moves import say_yes
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
FIRST = {"km": "មេគ្រួសារថ្មីជាមុនសិន", "en": "new head"}


@pytest.fixture
def move(maly, heng, rith, sokha, family_of_one):
    """The head of Maly's household is to move to Sokha."""
    return ask(sokha, "joins", **joining(heng.person))


def name_maly(heng, maly, rith, decider) -> None:
    relations = {heng.person.spid: "spouse", rith.spid: "child"}
    decide(heard(ask(heng, "head", head=about(maly), relationships=relations)), decider)


def test_no_code_says_yes(move, commune_clerk):
    with pytest.raises(HeadFirst):
        say_yes(move, commune_clerk, HEAD_PHONE)
    move.refresh_from_db()
    assert move.confirmation == ""


@pytest.mark.parametrize("language", ["km", "en"])
def test_nor_does_the_old_commune(move, maly, heng, other_clerk, monkeypatch, language):
    monkeypatch.setattr("registry.changes.selectors.confirmation_contact", lambda _person: ("", ""))
    with translation.override(language), pytest.raises(ChangeError, match=FIRST[language]):
        agree(move, other_clerk)


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_moves_is_led_to_name_a_new_head(move, heng, language):
    page = browser(heng).get(f"/{language}/my/moves/{move.reference}/").content.decode()
    assert f"/{language}/my/changes/head/" in page
    assert 'name="yes"' not in page


def test_with_a_new_head_the_yes_holds(move, maly, heng, rith, other_clerk, commune_clerk):
    name_maly(heng, maly, rith, other_clerk)
    move.refresh_from_db()
    assert decide(say_yes(move, commune_clerk, HEAD_PHONE), commune_clerk).state == "applied"
    assert Person.objects.get(pk=heng.person.pk).memberships.get(ended_on=None).relationship != "head"


@pytest.mark.parametrize("language", ["km", "en"])
def test_who_asks_and_their_commune_read_it_whoever_it_is(move, sokha, commune_clerk, language):
    words = {"km": "ពេលគ្រួសារនោះមានមេគ្រួសារថ្មី", "en": "when it has a new head"}[language]
    pages = {
        sokha: f"/{language}/my/changes/requests/{move.reference}/",
        commune_clerk: f"/{language}/counter/changes/{move.reference}/",
    }
    for user, path in pages.items():
        assert words in browser(user).get(path).content.decode()

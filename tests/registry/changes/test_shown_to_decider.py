"""Who decides a change sees whose household it is: who asked, its head, its members."""

import pytest

from dsp_platform.accounts.models import User
from dsp_platform.audit.models import AuditEvent
from registry.changes.kinds import KINDS
from registry.changes.services import withdraw_change
from registry.models import ChangeRequest
from tests.registry.changes.cast import ask
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

PLACE = {"village_code": "01020101", "address": "ផ្ទះលេខ ១"}
FAMILY = {"ហេង", "ម៉ាលី", "រិទ្ធ"}
WORDS = {"km": ("ស្នើដោយ", "មេគ្រួសារ"), "en": ("Asked for by", "Head of household")}
WAITING = [kind.code for kind in KINDS.values() if not kind.at_once]


@pytest.fixture
def move(heng):
    """Of the whole household, requested by its head, to the other commune."""
    return ask(heng, "move", place=PLACE)


def page_of(actor: User, request: ChangeRequest, language: str) -> str:
    return browser(actor).get(f"/{language}/counter/changes/{request.reference}/").content.decode()


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("kind", WAITING)
def test_whose_it_is_stands_on_the_page_of_every_kind(move, commune_clerk, kind, language):
    ChangeRequest.objects.filter(pk=move.pk).update(kind=kind)
    shown = page_of(commune_clerk, move, language)
    assert {name for name in FAMILY if name in shown} == FAMILY
    for words in WORDS[language]:
        assert words in shown


def test_each_of_them_reads_once_that_it_was_looked_at(move, maly, commune_clerk):
    ChangeRequest.objects.filter(pk=move.pk).update(kind="name", person=maly)
    page_of(commune_clerk, move, "km")
    accesses = AuditEvent.objects.filter(action="view", actor=commune_clerk, subject_kind="person")
    family_of_one = [one.person_id for one in move.household.memberships.all()]
    assert sorted(access.subject_id for access in accesses) == sorted(family_of_one)
    assert {(access.reason, access.details["change"]) for access in accesses} == {("change", move.reference)}


def test_what_was_decided_shows_its_household_no_more(move, heng, commune_clerk):
    withdraw_change(request=move, actor=heng, assisted_session=None)
    shown = page_of(commune_clerk, move, "en")
    assert "Asked for by" in shown
    assert "រិទ្ធ" not in shown

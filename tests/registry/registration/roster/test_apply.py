"""A roster that was sent is applied to a draft without a request."""

import pytest
from django.http import QueryDict

from registry.registration.counter_wizard import CounterWizard
from registry.registration.roster.roster import apply_health, apply_roster
from tests.registry.pages import BEGUN
from tests.registry.registration.roster.cast import FAMILY

pytestmark = pytest.mark.django_db


@pytest.fixture
def wizard(areas):
    return CounterWizard({"consent": BEGUN["consent"]})


def test_it_fills_the_draft_of_the_wizard(wizard, commune_clerk):
    assert apply_roster(wizard, FAMILY, official=commune_clerk) == {}
    assert [one["id"] for one in wizard.members] == [1, 2, 3]
    assert wizard.answers["place"]["village_code"] == "01020101"


def test_applied_again_it_is_the_same_household(wizard, commune_clerk):
    for _sent_twice in range(2):
        assert apply_roster(wizard, FAMILY, official=commune_clerk) == {}
    assert len(wizard.members) == 3


def test_errors_are_by_the_name_of_the_field(wizard, commune_clerk):
    wrong = {"m2-born": "31/2/1982", "m3-relationship": "", "village_code": "02010101"}
    errors = apply_roster(wizard, FAMILY | wrong, official=commune_clerk)
    assert errors.keys() == wrong.keys()


def test_health_names_members_by_their_rows(wizard, commune_clerk):
    apply_roster(wizard, FAMILY, official=commune_clerk)
    sent = QueryDict("difficulty=row-2&pregnant=nobody&studying=row-3&working=row-1&working=row-2")
    assert apply_health(wizard, sent) == {}
    told = {one["given_name"]: one for one in wizard.members}
    assert told["វុទ្ធី"]["difficulty"] == "some"
    assert told["ពិសិដ្ឋ"]["difficulty"] == "none"
    assert (told["សុខា"]["working"], told["សុខា"]["pregnant"]) == ("yes", "no")


def test_health_that_was_left_out_is_an_error(wizard, commune_clerk):
    apply_roster(wizard, FAMILY, official=commune_clerk)
    assert apply_health(wizard, QueryDict("difficulty=nobody")).keys() == {"pregnant", "studying", "working"}


def test_a_household_has_no_more_members_than_it_may(wizard, commune_clerk, monkeypatch):
    monkeypatch.setattr("registry.registration.roster.roster.MOST_MEMBERS", 2)
    assert apply_roster(wizard, FAMILY, official=commune_clerk).keys() == {"roster"}
    assert len(wizard.members) == 2

"""Somebody new whom a change brings in is certainly registered already: asked at the counter."""

from datetime import date

import pytest

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from registry.changes import views
from registry.errors import ChangeError, TooManyLookups
from registry.models import ChangeRequest, Person
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import NO_PAPER, ask
from tests.registry.pages import official_client, shown_on

pytestmark = pytest.mark.django_db

NARY = {"family_name": "កែវ", "given_name": "ណារី", "latin_family_name": "", "latin_given_name": ""}
NEW = {
    "known": {"has_spid": "no", "spid": ""},
    "name": NARY,
    "sex": {"sex": "female"},
    "birth": {"born": "1990-05-17"},
    "document": NO_PAPER,
    "relationship": {"relationship": "other_relative"},
}
CHECK = "/en/my/changes/joins/check/"


@pytest.fixture
def nary(heng, other_clerk):
    """In the village of the household that she is said to join."""
    details = person_details(**NARY, date_of_birth=date(1990, 5, 17), phone="")
    village = heng.person.village_id
    register_household(actor=other_clerk, details=household_details(details, village_code=village))
    return Person.objects.latest("pk")


@pytest.fixture
def case(heng, other_clerk):
    return open_assisted_session(
        official=other_clerk, subject_id=heng.person.pk, reason="tell_change", consent_text="read out"
    )


def test_at_the_counter_it_is_said_first_that_it_is_somebody_else(nary, case, other_clerk):
    with pytest.raises(ChangeError, match="ចុះបញ្ជីរួចហើយ"):
        ask(other_clerk, "joins", case, **NEW)
    assert ask(other_clerk, "joins", case, apart=[nary.spid], **NEW)


def test_a_citizen_is_told_nothing_and_a_steward_decides(nary, heng):
    assert ask(heng, "joins", **NEW)


def test_the_check_page_shows_who_is_registered(nary, case, other_clerk):
    laptop = official_client(other_clerk)
    for question in ("known", "name", "sex", "birth", "document", "relationship"):
        typed = NEW[question]
        if question == "birth":
            typed = {"born_day": "17", "born_month": "5", "born_year": "1990"}
        laptop.post(f"/en/my/changes/joins/{question}/", typed)
    page = laptop.get(CHECK).content.decode()
    assert nary.spid_grouped in page
    laptop.post(CHECK, shown_on(laptop, CHECK))
    assert not ChangeRequest.objects.exists()
    laptop.post(CHECK, {"apart": "yes", **shown_on(laptop, CHECK)})
    assert ChangeRequest.objects.exists()


def test_the_check_page_refuses_where_no_more_is_told_today(case, other_clerk, monkeypatch):
    def refuse(*_persons, **_by):
        raise TooManyLookups

    monkeypatch.setattr(views, "told_alike", refuse)
    laptop = official_client(other_clerk)
    birth = {"born_day": "17", "born_month": "5", "born_year": "1990"}
    for question in ("known", "name", "sex", "birth", "document", "relationship"):
        laptop.post(f"/en/my/changes/joins/{question}/", {**NEW, "birth": birth}[question])
    assert "asked too often today" in laptop.get(CHECK).content.decode()
    laptop.post(CHECK, shown_on(laptop, CHECK))
    assert not ChangeRequest.objects.exists()

"""Whoever a change brings in, or corrects, may be registered already: asked at the counter."""

from datetime import date

import pytest

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from registry.changes import views
from registry.changes.alike import close_to
from registry.changes.kinds import KINDS
from registry.changes.selectors import household_context
from registry.duplicates.sweep import sweep
from registry.errors import ChangeError, TooManyLookups
from registry.models import AwaitingMatch, ChangeRequest, DuplicateCase, Person
from registry.registration.services import register_household
from tests.registry.cast import household_details, person_details
from tests.registry.changes.cast import NO_PAPER, about, ask, decide
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
    laptop.post(CHECK, {"alike": "apart", **shown_on(laptop, CHECK)})
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


def test_who_came_in_as_somebody_else_is_a_case_that_says_so(nary, case, other_clerk, district):
    request = ask(other_clerk, "joins", case, apart=[nary.spid], **NEW)
    assert not DuplicateCase.objects.exists()
    decide(request, district)
    request.refresh_from_db()
    found = DuplicateCase.objects.get()
    assert {found.first, found.second} == {nary, request.registered}
    assert (found.state, found.answer, found.answered_by) == ("waiting", "different", other_clerk)


class TestCorrections:
    """Heng is told to be called as Nary, and to be born on her day."""

    @pytest.fixture
    def nearly(self, nary, heng):
        """But for her name, Heng is on record as Nary is."""
        nary_again = Person.objects.filter(pk=heng.person.pk)
        nary_again.update(date_of_birth=nary.date_of_birth, sex=nary.sex)
        return heng.person

    @pytest.fixture
    def by(self, nearly, case, other_clerk):
        def by(**more):
            return ask(other_clerk, "name", case, name=NARY, who=about(nearly), **more)

        return by

    def test_at_the_counter_it_is_said_first_whether_it_is_one_of_those(self, nary, by):
        with pytest.raises(ChangeError, match="ចុះបញ្ជីរួចហើយ"):
            by()
        assert not ChangeRequest.objects.exists()

    @pytest.mark.parametrize(("said", "answer"), [("apart", "different"), ("same", "same")])
    def test_what_is_said_stands_on_the_case_once_it_is_applied(
        self, nary, nearly, by, other_clerk, district, said, answer
    ):
        decide(by(**{said: [nary.spid]}), district)
        found = DuplicateCase.objects.get()
        assert {found.first, found.second} == {nary, nearly}
        assert (found.state, found.answer, found.answered_by) == ("waiting", answer, other_clerk)

    def test_of_a_correction_that_is_refused_nothing_remains(self, nary, by, district):
        decide(by(apart=[nary.spid]), district, "refuse", "មិនត្រឹមត្រូវ")
        assert not DuplicateCase.objects.exists()

    def test_it_is_not_asked_again_who_was_said_to_be_somebody_else(self, nary, nearly, by, case, district):
        decide(by(apart=[nary.spid]), district)
        context = household_context(case.official, case)
        corrected = {"birth": {"born": "1990-05-17"}, "who": about(nearly)}
        nearly.refresh_from_db()
        assert close_to(KINDS["birth-date"], corrected, context, nearly) == []

    def test_a_citizen_is_asked_nothing_and_a_steward_decides(self, nary, nearly, heng, district):
        AwaitingMatch.objects.all().delete()
        decide(ask(heng, "name", name=NARY, who=about(nearly)), district)
        assert AwaitingMatch.objects.get().person == nearly
        sweep()
        found = DuplicateCase.objects.get()
        assert ({found.first, found.second}, found.answer) == ({nary, nearly}, "")

    @pytest.mark.parametrize(
        ("language", "words"), [("km", "ជាម្នាក់ក្នុងចំណោមនេះ"), ("en", "It is one of these")]
    )
    def test_the_check_page_asks_once(self, nary, nearly, case, other_clerk, language, words):
        laptop = official_client(other_clerk)
        check = f"/{language}/my/changes/name/check/"
        laptop.post(f"/{language}/my/changes/name/who/", about(nearly))
        laptop.post(f"/{language}/my/changes/name/name/", NARY)
        page = laptop.get(check).content.decode()
        assert nary.spid_grouped in page
        assert words in page
        laptop.post(check, {"alike": "same", **shown_on(laptop, check)})
        assert ChangeRequest.objects.get().said_alike == {str(nary.pk): "same"}

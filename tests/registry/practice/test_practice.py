"""An official practises with invented people: the real forms judge, and nothing is stored."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.accounts.assisted_sessions.services import open_assisted_session
from dsp_platform.audit.models import AuditEvent
from registry.models import Draft, Lookup, Person
from registry.practice.families import FAMILIES, as_written
from registry.practice.views import PRACTICE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("areas")]

START, WRITE, RESULT = (f"/en/counter/practice/{page}" for page in ("", "write/", "result/"))
DESK = "/en/counter/"


@pytest.fixture
def begun(laptop):
    """At the card of the first family."""
    laptop.post(START)
    session = laptop.session
    session[PRACTICE] = {**session[PRACTICE], "family": 0}
    session.save()
    return laptop


def written(number: int = 0, **changes: str) -> dict[str, str]:
    family = FAMILIES[number]
    sent = {"village_code": "01020101", "address": family.address, "window": "w"}
    for place, member in enumerate(family.members, 1):
        sent |= {f"m{place}-{name}": value for name, value in member.items()} | {f"m{place}-row": f"r{place}"}
    return sent | changes


@pytest.mark.parametrize("number", range(len(FAMILIES)))
def test_every_invented_family_is_one_that_the_counter_would_take(commune_clerk, number):
    card = as_written(FAMILIES[number], commune_clerk)
    assert len(card["members"]) == len(FAMILIES[number].members)
    assert all("born" in member and "document_type" in member for member in card["members"])


def test_it_is_offered_before_the_first_case_and_stays_reachable(laptop, commune_clerk):
    assert "New here?" in laptop.get(DESK).content.decode()
    open_assisted_session(official=commune_clerk, subject_id=None, reason="register", consent_text="x")
    page = laptop.get(DESK).content.decode()
    assert "New here?" not in page
    assert START in page


@pytest.mark.parametrize(("language", "word"), [("en", "Practice"), ("km", "ការហាត់")])
def test_every_page_says_that_it_is_practice(begun, language, word):
    begun.post(WRITE, written())
    for page in (START, WRITE, RESULT):
        shown = begun.get(page.replace("/en/", f"/{language}/")).content.decode()
        assert f"<strong>{word}</strong>" in shown
        assert word in re.search(r"<title>(.*)</title>", shown)[1]


QUICK = {"en": "quick enough for the counter", "km": "ល្បឿននេះគ្រប់គ្រាន់សម្រាប់បញ្ជរ"}


@pytest.mark.parametrize("language", ["en", "km"])
def test_what_is_not_right_was_not_quick_enough(begun, language):
    result = RESULT.replace("/en/", f"/{language}/")
    begun.post(WRITE, {name: value for name, value in written().items() if not name.startswith("m5-")})
    assert QUICK[language] not in begun.get(result).content.decode()
    begun.post(WRITE, written())
    assert QUICK[language] in begun.get(result).content.decode()


def test_after_practising_nobody_is_asked_to_practise_at_once(begun):
    assert "New here?" in begun.get(DESK).content.decode()
    begun.post(WRITE, written())
    page = begun.get(DESK).content.decode()
    assert "New here?" not in page
    assert START in page


def test_written_as_on_the_card_nothing_differs(begun):
    assert begun.post(WRITE, written()).url == RESULT
    assert "Everything is as it stands on the card." in begun.get(RESULT).content.decode()


def test_what_differs_is_named_with_both(begun):
    begun.post(WRITE, written(**{"m3-born": "14/6/2013", "m2-sex": "female", "address": "ផ្ទះលេខ ២១"}))
    page = begun.get(RESULT).content.decode()
    assert "3 things differ from the card" in page
    for word in ("14/06/2012", "14/06/2013", "Male", "Female", "ផ្ទះលេខ ២១"):
        assert word in page, word


def test_who_was_left_out_is_named(begun):
    sent = {name: value for name, value in written().items() if not name.startswith("m5-")}
    begun.post(WRITE, sent)
    page = begun.get(RESULT).content.decode()
    assert "1 thing differs from the card" in page
    assert "យន" in page


def test_the_real_forms_refuse_what_cannot_be_and_keep_what_was_typed(begun):
    page = begun.post(WRITE, written(**{"m2-born": "31/2/1982"})).content.decode()
    assert "Row 2:" in page
    assert "31/2/1982" in page
    assert begun.get(RESULT).url == START


def test_nothing_is_stored_and_nobody_is_looked_for(begun):
    before = AuditEvent.objects.count()
    begun.post(WRITE, written())
    begun.get(RESULT)
    assert [model for model in (Person, Draft, Lookup) if model.objects.exists()] == []
    assert AuditEvent.objects.count() == before


def test_it_says_how_long_it_took(begun):
    session = begun.session
    at = timezone.now() - timedelta(minutes=3, seconds=20)
    session[PRACTICE] = {**session[PRACTICE], "begun": at.isoformat()}
    session.save()
    begun.post(WRITE, written())
    assert re.search(r"It took 3:2\d minutes", begun.get(RESULT).content.decode())


def test_without_scripts_rows_are_added_one_by_one_and_removed(begun):
    def rows(numbers: str) -> dict[str, str]:
        return {name: value for name, value in written().items() if not re.match(f"m[^{numbers}]-", name)}

    assert begun.post(WRITE, rows("1") | {"add": "yes"}).url == WRITE
    begun.post(WRITE, rows("2") | {"add": "yes"})
    assert [one["id"] for one in begun.session[PRACTICE]["answers"]["members"]] == [1, 2]
    begun.post(WRITE, rows("2") | {"remove": "2"})
    assert [one["id"] for one in begun.session[PRACTICE]["answers"]["members"]] == [1]


def test_again_it_is_another_family(laptop):
    laptop.post(START)
    first = laptop.session[PRACTICE]["family"]
    laptop.post(START)
    assert laptop.session[PRACTICE]["family"] != first


def test_not_while_a_real_case_is_open(laptop, commune_clerk):
    open_assisted_session(official=commune_clerk, subject_id=None, reason="register", consent_text="x")
    assert laptop.get(START).url == DESK
    assert laptop.post(WRITE, written()).url == DESK


def test_without_a_family_it_begins_at_the_start(laptop):
    assert laptop.get(WRITE).url == START
    assert laptop.get(RESULT).url == START

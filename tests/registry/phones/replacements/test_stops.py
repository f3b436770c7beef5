"""An official stops a replacement only for somebody who is present, and never one in which they took part."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from dsp_platform.accounts.models import Role, User
from dsp_platform.audit.models import AuditEvent
from dsp_platform.casework.errors import InConflict, NotYours
from registry.models import Person, PhoneReplacement
from registry.phones.replacements.errors import AccountTooNew
from registry.phones.replacements.selectors import objected_against, second_officials_for
from registry.phones.replacements.stops import object_to_replacement, withdraw_replacement
from tests.registry.cast import official
from tests.registry.phones.replacements.test_replacements import (
    confirm,
    open_account,
    phone_of,
    request_replacement,
    stop,
)
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
OLD = "+85512345678"
SEEN = {"document": "passport", "checked": "on", "here": "on"}
LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])


@pytest.fixture
def person(family_of_one, sokha):
    return sokha.person


@pytest.fixture
def elsewhere(areas):
    return official("clerk.kantueu", "020101")


@pytest.fixture
def taken(person, commune_clerk, district):
    """The wrong phone was put in place."""
    return confirm(request_replacement(commune_clerk, person), district)


@pytest.fixture
def given_back(taken, person, second_clerk):
    """And the person requests their own again."""
    person.refresh_from_db()
    return request_replacement(second_clerk, person, OLD)


def page_of(replacement: PhoneReplacement, language: str = "en") -> str:
    return f"/{language}/counter/phones/{replacement.reference}/"


def text(client, path: str, data=None) -> str:
    answer = client.post(path, data) if data is not None else client.get(path)
    return " ".join(answer.content.decode().split())


# --- who


@pytest.mark.parametrize(("who", "why"), [("commune_clerk", "InConflict"), ("district", "TookPart")])
def test_who_put_the_phone_in_place_does_not_stop_the_one_that_gives_it_back(
    given_back, sokha, request, who, why
):
    actor = request.getfixturevalue(who)
    with pytest.raises(InConflict):
        stop(given_back, actor)
    client = browser(actor)
    assert "stop/" not in text(client, page_of(given_back))
    assert "You cannot stop it." in text(client, page_of(given_back))
    client.post(f"{page_of(given_back)}stop/", SEEN)
    given_back.refresh_from_db()
    assert given_back.state == "waiting"
    refused = AuditEvent.objects.get(action="step_refused")
    assert (refused.actor, refused.reason) == (actor, why)
    assert (refused.subject_kind, refused.subject_id) == ("person", given_back.person_id)
    assert refused.details == {"replacement": given_back.reference}


def test_nor_does_who_asked_for_one_that_the_person_stopped(person, commune_clerk, second_clerk, sokha):
    object_to_replacement(replacement=request_replacement(commune_clerk, person), actor=sokha)
    with pytest.raises(InConflict):
        stop(request_replacement(second_clerk, person, "+85516000002"), commune_clerk)


def test_nor_who_is_near(maly, other_clerk, elsewhere):
    User.objects.filter(pk=elsewhere.pk).update(spid=Person.objects.get(phone="+85512777000").spid)
    elsewhere.refresh_from_db()
    with pytest.raises(InConflict):
        stop(open_account(other_clerk, maly), elsewhere)


def test_nor_a_citizen_a_steward_or_a_reviewer(given_back, steward, nssf_reviewer, sokha):
    for actor in (steward, nssf_reviewer, sokha):
        with pytest.raises(PermissionDenied):
            stop(given_back, actor)


def test_who_asked_takes_it_back_and_stops_nothing(person, commune_clerk, second_clerk):
    asked = request_replacement(commune_clerk, person)
    with pytest.raises(NotYours):
        stop(asked, commune_clerk)
    with pytest.raises(PermissionDenied):
        withdraw_replacement(replacement=asked, actor=second_clerk)
    shown = text(browser(commune_clerk), page_of(asked))
    assert "Take it back" in shown
    assert "The person did not ask for it" not in shown
    for path in (page_of(asked), f"{page_of(asked)}stop/"):
        browser(commune_clerk).post(path, SEEN)
    refused = AuditEvent.objects.filter(action="step_refused", actor=commune_clerk)
    assert [(one.subject_id, one.reason) for one in refused] == [(person.pk, "NotYours")] * 2
    browser(commune_clerk).post(page_of(asked), {"withdraw": "1"})
    assert PhoneReplacement.objects.get().state == "withdrawn"


def test_any_other_office_stops_it_and_writes_the_document_down(given_back, elsewhere):
    assert stop(given_back, elsewhere).state == "stopped"
    event = AuditEvent.objects.get(action="replacement_stopped")
    assert (event.actor, event.details["document"]) == (elsewhere, "passport")


def test_a_first_account_too(maly, other_clerk, elsewhere):
    assert stop(open_account(other_clerk, maly), elsewhere).state == "stopped"


# --- how


@pytest.mark.parametrize("missing", ["document", "checked", "here"])
@LANGUAGES
def test_it_is_asked_before_it_is_done(given_back, elsewhere, missing, language):
    client, page = browser(elsewhere), f"{page_of(given_back, language)}stop/"
    assert 'name="document"' in text(client, page)
    assert 'aria-invalid="true"' in text(client, page, {**SEEN, missing: ""})
    given_back.refresh_from_db()
    assert given_back.state == "waiting"
    client.post(page, SEEN)
    given_back.refresh_from_db()
    assert given_back.state == "stopped"


# --- what follows


def test_it_bars_nobody_and_no_days_suffice_next(given_back, person, second_clerk, elsewhere):
    stop(given_back, elsewhere)
    assert objected_against(person) == set()
    assert request_replacement(second_clerk, person, "+85516000002").second_only is True


@pytest.mark.parametrize(
    ("language", "words"), [("en", "an official stopped it at an office"), ("km", "មន្ត្រីម្នាក់បានបញ្ឈប់")]
)
def test_it_is_told_as_what_it_was(given_back, taken, elsewhere, sokha, language, words):
    with translation.override(language):
        assert words in stop(given_back, elsewhere).state_words
        assert "objected" not in given_back.get_cause_display()
    sokha.refresh_from_db()
    assert words in text(browser(sokha), f"/{language}/my/phones/{given_back.reference}/")


# --- after it was put in place


@pytest.mark.parametrize(("language", "words"), [("en", "did not want this"), ("km", "មិនចង់បាន")])
def test_the_page_of_what_was_done_says_how_it_is_asked_back(taken, second_clerk, language, words):
    shown = text(browser(second_clerk), page_of(taken, language))
    assert words in shown
    assert f'href="/{language}/counter/"' in shown


def test_another_office_reads_who_can(taken, elsewhere):
    assert "Only the commune where the person lives and its district" in text(
        browser(elsewhere), page_of(taken)
    )


@LANGUAGES
def test_the_replaced_number_registers_nobody_and_is_sent_where_it_helps(taken, language):
    client = browser(User.objects.create_citizen(phone=OLD))
    for page in (f"/{language}/my/", f"/{language}/"):
        assert f'<span class="reference">{taken.reference}</span>' in text(client, page)
    shown = text(client, f"/{language}/my/")
    assert f'href="/{language}/register/"' not in shown
    assert "another commune" not in shown


def test_given_back_it_warns_no_more(given_back, taken, commune_clerk, other_clerk, sokha):
    confirm(given_back, official("clerk.three", "010201"))
    assert phone_of(sokha) == OLD
    sokha.refresh_from_db()
    assert "put another phone in the place" not in text(browser(sokha), "/en/my/")


# --- the second official


@LANGUAGES
def test_an_official_of_less_than_30_days_is_not_the_second(person, commune_clerk, language):
    newcomer = official("clerk.new", "010201", date_joined=timezone.now() - timedelta(days=29))
    asked = request_replacement(commune_clerk, person)
    with translation.override(language), pytest.raises(AccountTooNew) as refused:
        confirm(asked, newcomer)
    assert "30" in str(refused.value)
    client = browser(newcomer)
    assert 'name="document"' not in text(client, page_of(asked, language))
    User.objects.filter(pk=newcomer.pk).update(date_joined=timezone.now() - timedelta(days=31))
    newcomer.refresh_from_db()
    assert confirm(asked, newcomer).state == "applied"


def test_who_asked_reads_who_can_be_the_second(person, commune_clerk, second_clerk, district, other_clerk):
    official("clerk.new", "010201", date_joined=timezone.now())
    User.objects.create_staff(username="clerk.invited", password=None, role=Role.OFFICIAL, area_code="0102")
    asked = request_replacement(commune_clerk, person)
    assert second_officials_for(asked) == [second_clerk, district]
    shown = text(browser(commune_clerk), page_of(asked))
    assert second_clerk.full_name in shown
    assert "ស្រុក មង្គល" in shown


def test_where_nobody_is_left_it_says_only_that(taken, person, commune_clerk, district):
    """The only other one set up the phone within 30 days."""
    person.refresh_from_db()
    asked = request_replacement(district, person, OLD)
    assert second_officials_for(asked) == []
    shown = text(browser(district), page_of(asked))
    assert "No other official of the commune or its district can be the second one now." in shown
    assert "Without a second official the new phone holds from" in shown
    assert "steward" not in shown

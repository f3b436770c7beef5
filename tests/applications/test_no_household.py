"""Whoever moved out and lives in no household is told to be in one first, and is not sent to a refusal."""

import pytest
from django.utils import timezone

from applications import errors, services
from applications.documents import DRAFT, draft_key
from applications.models import Application
from dsp_platform.uploads.contract import may_add
from registry.models import Membership
from tests.registry.pages import shown_on
from tests.structure.conftest import browser

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
FIRST = {"km": "ត្រូវរស់នៅក្នុងគ្រួសារដែលបានចុះបញ្ជី", "en": "you must live in a registered household"}


@pytest.fixture
def away(person):
    Membership.objects.filter(person=person).update(ended_on=timezone.localdate())
    return person


def test_the_service_says_what_comes_first(away, sokha, programme):
    with pytest.raises(errors.NoHousehold):
        services.submit_application(
            actor=sokha, assisted_session=None, person=away, programme=programme, consent=True
        )
    assert not Application.objects.exists()


@LANGUAGES
@pytest.mark.parametrize("page", ["programmes/{}/", "apply/{}/"])
def test_the_pages_say_it_in_place_of_the_button(away, sokha, programme, language, page):
    shown = browser(sokha).get(f"/{language}/{page.format(programme.code)}").content.decode()
    assert FIRST[language] in shown
    assert f'href="/{language}/register/"' in shown
    assert 'name="shown"' not in shown
    assert f'href="/{language}/apply/{programme.code}/"' not in shown.partition("<main")[2]
    assert not any(words in shown for words in ("You may apply in any case", "You can still apply"))


def test_what_was_open_before_the_move_is_answered_with_words(person, sokha, programme):
    client, page = browser(sokha), f"/en/apply/{programme.code}/"
    sent = {"consent": "on", **shown_on(client, page)}
    Membership.objects.filter(person=person).update(ended_on=timezone.localdate())
    answer = client.post(page, sent)
    assert (answer.status_code, FIRST["en"] in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("is_away", [False, True])
def test_home_proposes_programmes_only_to_whoever_may_apply(person, sokha, programme, is_away):
    if is_away:
        Membership.objects.filter(person=person).update(ended_on=timezone.localdate())
    shown = browser(sokha).get("/en/my/").content.decode()
    assert ("and you have not applied yet" in shown) is not is_away
    assert ("Register a household of your own" in shown) is is_away


@pytest.mark.parametrize("is_away", [False, True])
def test_no_document_is_taken_for_what_cannot_be_applied_for(person, sokha, programme, is_away):
    if is_away:
        Membership.objects.filter(person=person).update(ended_on=timezone.localdate())
    assert may_add(sokha, None, DRAFT, draft_key(person, programme)) is not is_away

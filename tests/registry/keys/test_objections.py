"""Who objected is not asked again by the same official, nor by one official alone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from registry import services
from registry.errors import Conflict
from registry.models import PhoneReplacement
from registry.services.replacements import ObjectedAgainst
from registry.tasks import replace_phones
from tests.registry.keys.conftest import official
from tests.registry.keys.test_replacements import ask, confirm, open_account, phone_of
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
OLD = "+85512345678"


@pytest.fixture
def person(family, sokha):
    return sokha.person


@pytest.fixture
def objected(person, commune_clerk, sokha):
    asked = ask(commune_clerk, person)
    return services.object_to_replacement(replacement=asked, actor=sokha)


@pytest.fixture
def asked_anew(objected, person, second_clerk):
    return ask(second_clerk, person, "+85516000002")


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_official_objected_against_asks_no_more(objected, person, commune_clerk, language):
    with translation.override(language):
        with pytest.raises(ObjectedAgainst) as refused:
            ask(commune_clerk, person, "+85516000002")
        assert ("30" if language == "en" else "៣០") in str(refused.value)


def test_nor_opens_a_first_account(maly, other_clerk, district):
    services.object_to_replacement(
        replacement=open_account(other_clerk, maly), actor=official("clerk.kantueu", "020101")
    )
    with pytest.raises(ObjectedAgainst):
        open_account(other_clerk, maly, "+85516000002")
    assert PhoneReplacement.objects.count() == 1


def test_nor_confirms_what_another_asks(asked_anew, commune_clerk, sokha):
    with pytest.raises(Conflict):
        confirm(asked_anew, commune_clerk)
    page = browser(commune_clerk).get(f"/en/counter/phones/{asked_anew.reference}/").content.decode()
    assert 'name="document"' not in page
    assert phone_of(sokha) == OLD


def test_another_official_needs_a_second_one(asked_anew, district, sokha):
    confirm(asked_anew, district)
    assert phone_of(sokha) == "+85516000002"


def test_no_days_suffice(asked_anew, sokha):
    PhoneReplacement.objects.filter(pk=asked_anew.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert replace_phones() == 0
    asked_anew.refresh_from_db()
    assert (asked_anew.state, asked_anew.cause) == ("overtaken", "alone")
    assert phone_of(sokha) == OLD


def test_the_database_itself_wants_the_second_one(asked_anew):
    past = timezone.now() - timedelta(minutes=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        PhoneReplacement.objects.filter(pk=asked_anew.pk).update(
            state="applied", due_at=past, ended_at=timezone.now()
        )


@pytest.mark.parametrize(("language", "words"), [("en", "Somebody objected"), ("km", "មានអ្នកជំទាស់")])
def test_the_page_says_so(asked_anew, district, language, words):
    page = browser(district).get(f"/{language}/counter/phones/{asked_anew.reference}/").content.decode()
    assert words in page


def test_after_30_days_it_is_forgotten(objected, person, commune_clerk):
    past = timezone.now() - timedelta(days=31)
    PhoneReplacement.objects.filter(pk=objected.pk).update(ended_at=past)
    assert ask(commune_clerk, person, "+85516000002").second_only is False


def test_who_asked_takes_it_back_and_objects_to_nothing(person, commune_clerk):
    asked = ask(commune_clerk, person)
    taken_back = services.object_to_replacement(replacement=asked, actor=commune_clerk)
    assert (taken_back.state, taken_back.cause) == ("withdrawn", "withdrawn")
    assert ask(commune_clerk, person, "+85516000002").second_only is False

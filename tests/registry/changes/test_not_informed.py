"""Without a phone on record nobody is informed, and no page claims that somebody was."""

import pytest
from django.utils import timezone

from dsp_platform.accounts.models import User
from registry.models import Membership
from tests.registry.cast import OWN_SIM
from tests.registry.phones.replacements.test_replacements import assisted_session_of, open_account
from tests.registry.phones.replacements.test_stops import page_of, text
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db

LANGUAGES = pytest.mark.parametrize("language", ["km", "en"])
OBJECTS = {"en": "nobody objects", "km": "គ្មាននរណាជំទាស់"}
NOBODY = {"en": "so nobody is told", "km": "ដូច្នេះគ្មាននរណាត្រូវបានជូនដំណឹង"}
TOLD = {"en": "of the person and of the household, are told", "km": "របស់សាមីខ្លួន និងគ្រួសារ ត្រូវបានជូនដំណឹង"}
NEW_ONLY = {"en": "Only the new phone is told.", "km": "មានតែទូរសព្ទថ្មីទេ ដែលត្រូវបានជូនដំណឹង។"}
BOTH = {
    "en": "The new phone and the phones on record are told.",
    "km": "ទូរសព្ទថ្មី និងទូរសព្ទក្នុងបញ្ជី ត្រូវបានជូនដំណឹង។",
}
TYPED = {"document": "passport", "checked": "on", "phone": OWN_SIM}


@pytest.fixture
def unreachable(phoneless):
    """Nobody else of the household has a phone either."""
    others = Membership.objects.exclude(person=phoneless)
    others.filter(relationship="head").update(ended_on=timezone.localdate())
    return phoneless


def waits(asked, language: str) -> str:
    holder = browser(User.objects.get(phone=asked.phone))
    return text(holder, f"/{language}/my/phones/{asked.reference}/")


@LANGUAGES
@pytest.mark.parametrize(("who", "anybody"), [("unreachable", False), ("phoneless", True)])
def test_before_it_is_asked_it_says_whether_anybody_is_told(request, other_clerk, who, anybody, language):
    assisted_session_of(other_clerk, request.getfixturevalue(who))
    client = browser(other_clerk)
    pages = [text(client, f"/{language}/counter/first-phone/")]
    client.post(f"/{language}/counter/first-phone/", TYPED)
    pages.append(text(client, f"/{language}/counter/first-phone/code/"))
    for page in pages:
        assert (TOLD[language] in page, NOBODY[language] in page) == (anybody, not anybody)
        assert (OBJECTS[language] in page) == anybody


@LANGUAGES
@pytest.mark.parametrize(("who", "anybody"), [("unreachable", False), ("phoneless", True)])
def test_while_it_waits_nobody_could_object_who_was_not_told(request, other_clerk, who, anybody, language):
    asked = open_account(other_clerk, request.getfixturevalue(who))
    assert bool(asked.notified_phones) == anybody
    assert (OBJECTS[language] in text(browser(other_clerk), page_of(asked, language))) == anybody
    assert (OBJECTS[language] in waits(asked, language)) == anybody


@LANGUAGES
@pytest.mark.parametrize(("who", "anybody"), [("unreachable", False), ("phoneless", True)])
def test_who_stops_it_reads_which_phones_are_told(request, other_clerk, district, who, anybody, language):
    asked = open_account(other_clerk, request.getfixturevalue(who))
    page = text(browser(district), f"{page_of(asked, language)}stop/")
    assert (BOTH[language] in page, NEW_ONLY[language] in page) == (anybody, not anybody)

"""What the text message with a code asks its reader to do with it, for every purpose."""

import re

import pytest
from django.utils import timezone

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.notifications.alphabet import is_unicode
from dsp_platform.notifications.sms_templates import render
from tests.notifications.parts import part_count

pytestmark = pytest.mark.django_db
REFERENCE = "C-7K3M-92QX"
# Typed by the person alone: an official never needs such a code.
TYPED_ALONE = {Purpose.SIGN_IN, Purpose.STEP_UP, Purpose.NEW_PHONE, Purpose.PIN}
# Read out to the official who requested it.
AT_THE_COUNTER = {Purpose.CONSENT, Purpose.FIRST_PHONE, Purpose.LOST_PHONE, Purpose.MOVE, Purpose.SHARE}
# Typed by the person alone, or read out where an official helps.
EITHER = {Purpose.CONTACT}
SUBJECTS = {Purpose.MOVE: f"change:{REFERENCE}", Purpose.CONTACT: "grievance:7"}


def challenge_for(purpose: str, subject: str = "") -> PhoneChallenge:
    return PhoneChallenge.objects.create(
        phone="+85592100100",
        purpose=purpose,
        subject=subject,
        nonce=b"nonce",
        browser_digest=b"digest",
        expires_at=timezone.now() + codes.LIFE,
    )


def text_of(purpose: str, language: str, subject: str | None = None) -> str:
    subject = SUBJECTS.get(purpose, "") if subject is None else subject
    params = {"challenge": str(challenge_for(purpose, subject).pk)}
    return render(codes.TEXT, params, language)


def test_every_purpose_is_listed_here():
    assert set(Purpose) == TYPED_ALONE | AT_THE_COUNTER | EITHER


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_each_fits_one_part_and_ends_with_its_code(purpose, language):
    text = text_of(purpose, language)
    assert part_count(text) == 1, f"{len(text)} signs: {text}"
    assert is_unicode(text) == (language == "km")
    assert re.search(r"(?<!\d)\d{6}$", text)


@pytest.mark.parametrize("language", ["km", "en"])
def test_each_purpose_has_words_of_its_own(language):
    assert len({text_of(purpose, language)[:-6] for purpose in Purpose}) == len(Purpose)


@pytest.mark.parametrize("purpose", sorted(TYPED_ALONE))
def test_a_code_that_the_person_types_alone_is_told_nobody(purpose):
    assert "Tell nobody, not even an official" in text_of(purpose, "en")
    assert "កុំប្រាប់អ្នកណា សូម្បីមន្ត្រី" in text_of(purpose, "km")


@pytest.mark.parametrize("purpose", sorted(AT_THE_COUNTER))
def test_a_code_for_the_counter_is_read_to_the_official_in_front_and_to_nobody_else(purpose):
    text = text_of(purpose, "en")
    assert "Read this code to the official in front of you" in text
    assert "Nobody there? Tell nobody" in text
    assert "មន្ត្រីនៅ" in text_of(purpose, "km")


def test_at_the_counter_nobody_registered_anew_is_told_to_keep_silent():
    text = text_of(Purpose.MOVE, "en", subject="case:1:2")
    assert "Read this code to the official in front of you" in text
    assert REFERENCE not in text
    assert part_count(text_of(Purpose.MOVE, "km", subject="case:1:2")) == 1


def test_a_move_names_its_request(db):
    for language in ("km", "en"):
        assert REFERENCE in text_of(Purpose.MOVE, language)


def test_the_code_for_news_may_be_told_the_official_who_helps(db):
    assert "Tell nobody but an official in front of you" in text_of(Purpose.CONTACT, "en")

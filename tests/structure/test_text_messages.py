"""Every text message, in both languages, with its longest parameters, fits one part."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import PhoneChallenge
from dsp_platform.notifications import sms_templates
from dsp_platform.notifications.alphabet import is_unicode
from registry.models import Claim, PhoneReplacement
from registry.registration.services import register_household
from tests.built_once import built_once
from tests.notifications.parts import part_count
from tests.registry.cast import household_details

# A message may take two parts only for the reason named here.
TWO_PARTS: dict[str, str] = {}
REFERENCE = "A-7K3M-92QX"  # all references have this length
OURS = [name for name in sorted(sms_templates.registered()) if not name.startswith("tests.")]
WIDE = re.compile("[\u1780-\u17ff]")


def rendered(name: str, params: dict, language: str) -> str:
    """As it goes to the number that the person proved."""
    return sms_templates.render(name, params, language, params.get("proved", ""))


@built_once
def built(areas, operators, sokha):
    register_household(actor=sokha, details=household_details())
    challenge = codes.send_code(phone="+85512345678", browser="browser", language="km")
    claim = Claim.objects.create(
        account=sokha,
        person=sokha.person,
        identity_digest=b"1",
        number_digest=b"1",
        expires_at=timezone.now() + timedelta(hours=1),
    )
    ids = {"challenge": str(challenge.pk), "claim": str(claim.pk), "person": sokha.person.pk}
    ids |= {"proved": sokha.phone}
    return ids | {"reference": REFERENCE, "cause": PhoneReplacement.Cause.DRAFT, "until": "2026-12-28"}


@pytest.fixture
def params(built):
    """The parameters of each message, as long as they can be. The code does not grow old, however late in a
    slow run it is read."""
    PhoneChallenge.objects.update(expires_at=timezone.now() + codes.LIFE)
    return built


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("contact", ["", "023 123 4567"])
@pytest.mark.parametrize("name", OURS)
def test_it_fits_one_part_in_its_language(params, settings, name, language, contact):
    settings.CONTACT_PHONE = contact
    text = rendered(name, params, language)
    assert text
    assert part_count(text) <= (2 if name in TWO_PARTS else 1), f"{len(text)} signs: {text}"
    assert bool(WIDE.search(text)) == (language == "km"), f"not in {language}: {text}"
    # One character outside the network's own alphabet would more than halve what fits.
    assert is_unicode(text) == (language == "km"), text


@pytest.mark.parametrize("name", OURS)
def test_it_has_a_title_in_both_languages(name):
    title = sms_templates.registered()[name].title
    assert title != name
    with translation.override("km"):
        assert WIDE.search(str(title)), title
    with translation.override("en"):
        assert not WIDE.search(str(title)), title


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
def test_a_code_stands_last_and_is_registered_as_one(params, language):
    """This excludes it from the list of messages, and counts it in the budget of codes."""
    for name in OURS:
        ends_with_code = re.search(r"(?<!\d)\d{6}$", rendered(name, params, language))
        assert bool(ends_with_code) == sms_templates.is_code(name), name


@pytest.mark.django_db
def test_the_warning_to_an_owner_fits_too(params, sokha):
    """Sent in place of a code, to the owner of a number that somebody else requested."""
    PhoneChallenge.objects.update(purpose=PhoneChallenge.Purpose.NEW_PHONE)
    for language in ("km", "en"):
        assert part_count(rendered(codes.TEXT, params, language)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
def test_the_code_of_a_move_says_what_it_is_for(params, language):
    PhoneChallenge.objects.update(purpose=PhoneChallenge.Purpose.MOVE)
    text = rendered(codes.TEXT, params, language)
    assert part_count(text) == 1
    assert ("household" if language == "en" else "គ្រួសារ") in text
    assert re.search(r"(?<!\d)\d{6}$", text)


WORDS_OF_HOME = {"en": "Tell nobody, not even an official", "km": "កុំប្រាប់អ្នកណា សូម្បីមន្ត្រី"}
WORDS_OF_COUNTER = {"en": "official in front of you", "km": "មន្ត្រី"}
# Where a code of each purpose can be requested: in one's own account or browser, or by an official.
HOME, COUNTER = "home", "counter"
PLACES = {
    "sign_in": {HOME},
    "step_up": {HOME},
    "new_phone": {HOME},
    "lost_phone": {COUNTER},
    "first_phone": {COUNTER},
    "move": {HOME, COUNTER},
    # The challenge does not know where: tell nobody, but the official in front of you.
    "contact": {COUNTER},
    "consent": {COUNTER},
    "share": {COUNTER},
    "pin": {HOME},
}


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("purpose", PhoneChallenge.Purpose.values)
def test_whom_to_tell_a_code_depends_on_where_it_was_asked_for(
    params, sokha, commune_clerk, purpose, language
):
    for place in PLACES[purpose]:
        account = {HOME: sokha, COUNTER: commune_clerk}[place]
        subject = f"change:{REFERENCE}" if purpose == "move" else ""
        PhoneChallenge.objects.update(phone="+85516555777", purpose=purpose, subject=subject, account=account)
        text = rendered(codes.TEXT, params, language)
        at_home, at_counter = WORDS_OF_HOME[language] in text, WORDS_OF_COUNTER[language] in text
        assert at_home == (place == HOME), text
        assert at_counter or place == HOME, text
        assert part_count(text) == 1
        assert (REFERENCE in text) == (purpose == "move"), text


# Warnings: whoever caused them may work in the person's commune office.
WARNINGS = {
    "phone_changed_old",
    "phone_changed_new",
    "passkey_added",
    "passkey_removed",
    "passkeys_removed",
    "account_open",
    "claimed",
    "claimed_beside",
    "number_lost",
    "registered_by_office",
    "registration_taken_back",
    "details_changed",
    "change_withdraw",
    "application_withdraw",
    "consent_withdraw",
    "household_asked",
    "move_asked",
    "replacement_asked",
    "account_asked",
    "account_beside",
    "records_merged",
    "records_merged_consents",
    "records_parted",
}


@pytest.mark.django_db
def test_these_texts_warn(params):
    asks = {name for name in OURS if "Not you?" in rendered(name, params, "en")}
    assert asks == WARNINGS - {"household_asked"}


@pytest.mark.django_db
@pytest.mark.parametrize("contact", ["", "023 123 4567"])
@pytest.mark.parametrize(("language", "words"), [("en", "Sign in and answer"), ("km", "ចូលគណនីឆ្លើយ")])
def test_whom_a_change_concerns_reads_what_to_do(params, settings, contact, language, words):
    """They did not request anything, so the message does not ask whether it was them."""
    settings.CONTACT_PHONE = contact
    text = rendered("household_asked", params, language)
    assert words in text
    assert REFERENCE in text
    assert "Not you?" not in text
    assert "មិនមែនអ្នក" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("name", sorted(WARNINGS))
def test_a_warning_points_outside_the_commune(params, settings, name, language):
    """To the national number, or if none is configured to the district."""
    settings.CONTACT_PHONE = "023 123 4567"
    assert "023 123 4567" in rendered(name, params, language)
    settings.CONTACT_PHONE = ""
    text = rendered(name, params, language)
    assert ("district" if language == "en" else "ស្រុក/ខណ្ឌ") in text
    assert not re.search("commune|ឃុំ", text)

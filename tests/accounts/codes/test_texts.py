import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.accounts.sms_templates import code_text
from dsp_platform.notifications.sms_templates import render

pytestmark = pytest.mark.django_db


@pytest.fixture
def challenge(phone):
    return codes.send_code(phone=phone, browser="browser", language="km")


@pytest.mark.parametrize(("language", "most"), [("km", 70), ("en", 160)])
def test_the_code_stands_last_and_the_text_fits_one_part(challenge, language, most):
    with translation.override(language):
        text = code_text({"challenge": str(challenge.pk)})
    assert text.endswith(codes.code_of(challenge))
    assert len(text) <= most


def test_a_code_that_is_used_or_over_is_not_sent_any_more(challenge):
    challenge.used_at = timezone.now()
    challenge.save()
    assert code_text({"challenge": str(challenge.pk)}) == ""


@pytest.mark.parametrize("contact", ["", "023 881 234"])
@pytest.mark.parametrize(("language", "most"), [("km", 70), ("en", 160)])
@pytest.mark.parametrize(
    "name", ["phone_changed_old", "phone_changed_new", "passkey_added", "passkey_removed"]
)
def test_what_was_changed_is_told_in_one_part(settings, name, language, most, contact):
    settings.CONTACT_PHONE = contact
    assert 0 < len(render(name, {}, language)) <= most


@pytest.mark.parametrize(("language", "most"), [("km", 70), ("en", 160)])
def test_the_owner_of_a_number_is_told_in_one_part(sokha, phone, language, most):
    AssistedSession.objects.create(official=sokha, reason="x", consent_text="x")  # it is in use
    asking = User.objects.create_citizen(phone="+85512345679")
    challenge = codes.send_code(
        phone=phone, browser="b", language="km", purpose=codes.Purpose.NEW_PHONE, account=asking
    )
    with translation.override(language):
        text = code_text({"challenge": str(challenge.pk)})
    assert codes.code_of(challenge) not in text
    assert len(text) <= most

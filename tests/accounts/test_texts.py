import pytest
from django.utils import timezone, translation

from dsp_platform.accounts import codes
from dsp_platform.accounts.texts import code_text

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

"""Every change of the address sends text messages, so they are limited per day."""

from datetime import timedelta

import pytest
from django.utils import translation

from dsp_platform.accounts.models import AssistedSession, User
from dsp_platform.notifications.models import Message
from registry.errors import ChangeError
from registry.models import ChangeRequest
from tests.registry.cast import HEAD_PHONE
from tests.registry.changes.cast import ask
from tests.registry.pages import confirm
from tests.structure.conftest import browser

pytestmark = pytest.mark.django_db
WORDS = {"km": "បីដងរួចហើយ", "en": "three times already"}


def change(actor: User, times: int, assisted_session: AssistedSession | None = None) -> None:
    for house in range(times):
        ask(actor, "address", assisted_session=assisted_session, address={"address": f"ផ្ទះលេខ {house}"})


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_household_changes_its_address_three_times_a_day_at_most(maly_at_home, language):
    change(maly_at_home, 3)
    with translation.override(language), pytest.raises(ChangeError, match=WORDS[language]):
        change(maly_at_home, 1)
    assert Message.objects.filter(template="details_changed", phone=HEAD_PHONE).count() == 3
    assert ChangeRequest.objects.count() == 3


def test_the_office_changes_it_again(maly, maly_at_home, other_clerk):
    change(maly_at_home, 3)
    assisted_session = AssistedSession.objects.create(
        official=other_clerk, subject_id=maly.pk, reason="check", consent_text="x"
    )
    change(other_clerk, 1, assisted_session)
    assert ChangeRequest.objects.count() == 4


def test_the_next_day_it_may_be_changed_again(maly_at_home, time_machine):
    change(maly_at_home, 3)
    time_machine.move_to(ChangeRequest.objects.latest("pk").asked_at + timedelta(days=1, hours=1))
    change(maly_at_home, 1)
    assert ChangeRequest.objects.count() == 4


@pytest.mark.parametrize("language", ["km", "en"])
def test_it_is_said_on_the_page(maly_at_home, language):
    change(maly_at_home, 3)
    client = browser(maly_at_home)
    client.post(f"/{language}/my/changes/address/address/", {"address": "ផ្ទះលេខ ៩"})
    sent = confirm(client, f"/{language}/my/changes/address/check/", follow=True)
    assert WORDS[language] in sent.content.decode()

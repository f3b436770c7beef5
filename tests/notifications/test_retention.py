"""Phone numbers are removed from messages when they are no longer needed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.notifications import retention, services
from dsp_platform.notifications.models import DemoMessage, Message
from dsp_platform.notifications.selectors import messages_to

pytestmark = pytest.mark.django_db
PHONE = "+85512345678"


@pytest.fixture
def aged(write):
    def write_message(days: int, state: str = "sent") -> Message:
        message = write()
        at = timezone.now() - timedelta(days=days)
        Message.objects.filter(pk=message.pk).update(created_at=at, state=state, provider_reference="7")
        return message

    return write_message


def phones() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("phone", flat=True))


@pytest.mark.parametrize("state", ["sent", "delivered", "failed", "expired"])
def test_after_ninety_days_the_number_is_gone_and_what_became_of_it_stays(aged, state):
    old, young = aged(91, state), aged(89, state)
    retention.forget_phones()
    assert phones() == ["", PHONE]
    old.refresh_from_db()
    assert (old.state, old.provider_reference) == (state, "7")
    assert [row.pk for row in messages_to(PHONE)] == [young.pk]


def test_the_days_are_a_setting(aged, settings):
    settings.MESSAGE_PHONE_DAYS = 10
    aged(11)
    assert retention.forget_phones() == 1
    assert retention.forget_phones() == 0


def test_what_is_still_to_be_sent_keeps_its_number(aged):
    aged(200, "due")
    retention.forget_phones()
    assert phones() == [PHONE]


def test_it_goes_in_batches(aged, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    for _ in range(5):
        aged(91)
    with django_assert_num_queries(2 + 3 * 2 + 1):
        assert retention.forget_phones() == 5


def test_the_demo_phone_forgets_too(db):
    DemoMessage.objects.create(phone=PHONE, text="old", received_at=timezone.now() - timedelta(days=91))
    DemoMessage.objects.create(phone=PHONE, text="new")
    retention.forget_phones()
    assert [one.text for one in DemoMessage.objects.all()] == ["new"]


def test_what_has_no_number_is_not_sent_again(aged, steward):
    aged(91, "failed")
    retention.forget_phones()
    assert services.retry_failed(messages=Message.objects.all(), actor=steward) == 0


def test_the_page_says_how_long_they_are_listed(client, sokha):
    client.force_login(sokha, backend="dsp_platform.accounts.sign_in.backends.PhoneBackend")
    assert "They are listed for 90 days" in client.get("/en/my/messages/").content.decode()


@pytest.mark.parametrize(
    ("kind", "reason", "days", "kept"),
    [
        ("code", "origin", 3, 0),
        ("code", "origin", 1, 1),
        ("code", "refused", 3, 1),
        ("other", "origin", 3, 1),
    ],
)
def test_a_code_that_its_network_had_no_room_for_is_dropped_after_two_days(aged, kind, reason, days, kept):
    message = aged(days, "failed")
    Message.objects.filter(pk=message.pk).update(kind=kind, reason=reason)
    retention.forget_phones()
    assert Message.objects.count() == kept

"""How the messages to a phone are shown to the person."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from dsp_platform.accounts.codes import services as codes
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.selectors import messages_to

pytestmark = pytest.mark.django_db
PHONE = "+85512345678"


def test_newest_first_with_what_it_said_and_nothing_of_other_phones(write):
    write("older")
    write("newer")
    write("not mine", phone="+85512345679")
    assert [row.text for row in messages_to(PHONE)] == ["newer", "older"]
    assert [row.text for row in messages_to(PHONE, limit=1)] == ["newer"]
    assert messages_to("") == []


def test_a_code_is_never_shown_again():
    challenge = codes.send_code(phone=PHONE, browser="browser", language="en")
    row = messages_to(PHONE)[0]
    assert (row.is_code, row.text) == (True, "")
    assert codes.code_of(challenge) not in str(row)


def test_it_has_a_title_in_the_language_of_the_page():
    codes.send_code(phone=PHONE, browser="browser", language="km")
    with translation.override("en"):
        assert messages_to(PHONE)[0].title == "A code for signing in"
    with translation.override("km"):
        assert messages_to(PHONE)[0].title != "A code for signing in"


def test_what_an_owner_before_them_received_is_not_theirs(write):
    now = timezone.now()
    Message.objects.filter(pk=write("long ago").pk).update(created_at=now - timedelta(days=400))
    write("today")
    assert [row.text for row in messages_to(PHONE, since=now - timedelta(days=1))] == ["today"]


def test_a_text_that_is_gone_or_broken_hides_no_other(write):
    write("fine")
    write(params={})
    Message.objects.filter(pk=write().pk).update(template="tests.gone")
    assert [row.text for row in messages_to(PHONE)] == ["", "", "fine"]

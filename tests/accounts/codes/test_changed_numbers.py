"""Messages in the queue for a number whose account has another number by then."""

import pytest

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.codes.services import Purpose
from dsp_platform.accounts.errors import Expired
from dsp_platform.accounts.my_account import phone_change
from dsp_platform.notifications import delivery
from dsp_platform.notifications.providers.fake import Accepts

pytestmark = pytest.mark.django_db
OLD, NEW, THIRD = "+85512345678", "+85592100200", "+85592100300"


@pytest.fixture
def outbox(settings):
    settings.SMS_PROVIDER = "fake_accepts"
    Accepts.sent.clear()
    return Accepts.sent


def ask(account, phone: str, purpose: str):
    owner = None if purpose in (Purpose.SIGN_IN, Purpose.MOVE, Purpose.CONTACT) else account
    return codes.send_code(phone=phone, browser="browser", language="en", purpose=purpose, account=owner)


def move_by_account(account):
    phone_change.change_phone(account=account, phone=NEW, keep=None)


@pytest.fixture(params=["by the holder", "at the counter"])
def move(request, commune_clerk):
    """To the new number, in both ways."""

    def at_the_counter(account):
        phone_change.replace_lost_phone(
            official=commune_clerk,
            assisted_session_id=None,
            account=account,
            phone=NEW,
            reason="lost",
            document="spid",
        )

    return move_by_account if request.param == "by the holder" else at_the_counter


@pytest.mark.parametrize("purpose", list(Purpose))
def test_no_code_leaves_for_the_old_number(sokha, outbox, move, purpose):
    challenge = ask(sokha, OLD, purpose)
    move(sokha)
    delivery.sweep()
    assert {phone for phone, _text in outbox} == {OLD, NEW}
    assert not any(text.endswith(codes.code_of(challenge)) for _phone, text in outbox)


def test_nor_for_another_number_that_this_account_asked_for_before(sokha, outbox, move):
    challenge = ask(sokha, THIRD, Purpose.NEW_PHONE)
    move(sokha)
    delivery.sweep()
    assert THIRD not in {phone for phone, _text in outbox}
    with pytest.raises(Expired):
        codes.prove(
            challenge_id=str(challenge.pk),
            browser="browser",
            typed=codes.code_of(challenge),
            then=move_by_account,
            purpose=Purpose.NEW_PHONE,
            account=sokha,
        )


def test_the_old_number_is_warned_all_the_same(sokha, outbox, move):
    move(sokha)
    delivery.sweep()
    sent_texts = dict(outbox)
    assert "គណនីអ្នកបានប្តូរលេខទូរសព្ទ" in sent_texts[OLD]


def test_a_code_that_was_sent_before_is_not_accepted(sokha, move):
    challenge = ask(sokha, OLD, Purpose.SIGN_IN)
    move(sokha)
    with pytest.raises(Expired):
        codes.prove(
            challenge_id=str(challenge.pk),
            browser="browser",
            typed=codes.code_of(challenge),
            then=lambda proved: codes.account_of(proved.phone, "en"),
        )


def test_codes_for_other_numbers_leave(sokha, outbox, move):
    ask(None, THIRD, Purpose.SIGN_IN)
    move(sokha)
    delivery.sweep()
    assert THIRD in {phone for phone, _text in outbox}


def test_the_holder_of_the_old_number_may_ask_for_a_code_of_their_own_afterwards(sokha, outbox, move):
    move(sokha)
    challenge = ask(None, OLD, Purpose.SIGN_IN)
    delivery.sweep()
    assert any(text.endswith(codes.code_of(challenge)) for phone, text in outbox if phone == OLD)

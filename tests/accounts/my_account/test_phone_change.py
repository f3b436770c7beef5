"""Changing the phone of an account: who is notified, which sessions end, and what is never revealed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import AssistedSession, Passkey, PhoneChallenge, PhoneEvent, User
from dsp_platform.accounts.my_account import phone_change
from dsp_platform.audit.models import AuditEvent
from dsp_platform.notifications import delivery
from dsp_platform.notifications.models import Message
from dsp_platform.notifications.providers.fake import Accepts

pytestmark = pytest.mark.django_db

ASK = "/en/my/account/phone/"
CODE = "/en/my/account/phone/code/"
HOME = "/en/my/account/"
OLD, NEW = "+85512345678", "+85512345679"


@pytest.fixture
def citizen(sokha, signing):
    return signing.citizen_client(sokha)


@pytest.fixture
def outbox(settings):
    settings.SMS_PROVIDER = "fake_accepts"
    settings.CONTACT_PHONE = "1287"
    Accepts.sent.clear()
    return Accepts.sent


def code_in(client: Client) -> str:
    return codes.code_of(PhoneChallenge.objects.get(pk=client.session["new_phone"]["challenge"]))


def ask(client: Client, typed: str = "012 345 679"):
    return client.post(ASK, {"phone": typed})


def test_the_code_of_the_new_phone_changes_it(citizen, sokha):
    assert ask(citizen).url == CODE
    assert Message.objects.get().phone == NEW
    assert citizen.post(CODE, {"code": code_in(citizen)}).url == HOME
    sokha.refresh_from_db()
    assert sokha.phone == NEW
    assert citizen.get(HOME).status_code == 200
    assert AuditEvent.objects.filter(action="change_phone", actor=sokha, subject_id=sokha.pk).exists()


def test_both_phones_are_told_and_whom_to_call(citizen, outbox):
    ask(citizen)
    citizen.post(CODE, {"code": code_in(citizen)})
    Accepts.sent.clear()
    delivery.sweep()
    sent_texts = dict(Accepts.sent)
    assert set(sent_texts) == {OLD, NEW}
    assert all("1287" in text for text in sent_texts.values())


def test_all_other_sessions_end_and_this_one_goes_on(citizen, sokha, signing):
    others = [signing.citizen_client(sokha) for _ in range(2)]
    ask(citizen)
    citizen.post(CODE, {"code": code_in(citizen)})
    assert [other.get(HOME).status_code for other in others] == [302, 302]
    page = citizen.get(HOME).content.decode()
    assert page.count("This one") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "All passkeys were removed"), ("km", "បានដកកូនសោចូលទាំងអស់")],
)
def test_all_passkeys_are_removed_and_the_page_says_so(citizen, sokha, language, words):
    Passkey.objects.create(user=sokha, name="old", credential_id=b"k", credential=b"k")
    ask(citizen)
    citizen.post(CODE, {"code": code_in(citizen)})
    assert not Passkey.objects.exists()
    assert words in citizen.get(f"/{language}/my/account/").content.decode()


def test_a_session_that_was_just_beginning_by_the_old_phone_ends_too(citizen, sokha, signing):
    """Its code was verified just before, and its session is written just after."""
    stale = User.objects.get(pk=sokha.pk)
    ask(citizen)
    citizen.post(CODE, {"code": code_in(citizen)})
    assert signing.citizen_client(stale).get(HOME).status_code == 302


def test_a_fresh_proof_is_asked_for_first(citizen):
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert ask(citizen).url.startswith("/en/my/account/confirm/?next=")
    assert not Message.objects.exists()


def test_the_number_of_another_account_looks_like_any_other_and_its_owner_is_told(citizen, sokha, outbox):
    AssistedSession.objects.create(
        official=User.objects.create_citizen(phone=NEW), reason="x", consent_text="x"
    )
    assert ask(citizen).url == CODE
    page = citizen.get(CODE).content.decode()
    assert "If 012 345 679 can receive text messages" in page
    delivery.sweep()
    code = code_in(citizen)
    assert [phone for phone, _text in Accepts.sent] == [NEW]
    assert code not in Accepts.sent[0][1]
    citizen.post(CODE, {"code": code})  # guessed
    sokha.refresh_from_db()
    assert sokha.phone == OLD


def test_known_and_unknown_numbers_cost_the_same(citizen, signing, django_assert_max_num_queries):
    User.objects.create_citizen(phone=NEW)
    counts = []
    for number in ("012 345 679", "012 345 670"):
        PhoneEvent.objects.all().delete()
        with django_assert_max_num_queries(100) as queries:
            ask(citizen, number)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_ones_own_number_is_said_to_be_so(citizen):
    assert "the number your account has now" in ask(citizen, "012345678").content.decode()
    assert not Message.objects.exists()


def test_a_wrong_code_changes_nothing(citizen, sokha, signing):
    ask(citizen)
    assert "4 more times" in citizen.post(CODE, {"code": signing.wrong(code_in(citizen))}).content.decode()
    sokha.refresh_from_db()
    assert sokha.phone == OLD


def test_the_code_of_a_change_does_not_sign_in(citizen, signing):
    ask(citizen)
    thief = Client()
    session = thief.session
    session["sign_in"] = citizen.session["new_phone"]
    session.save()
    assert signing.answer(thief, code_in(citizen)).url == "/en/sign-in/"


def test_a_double_click_ends_at_the_account(citizen):
    ask(citizen)
    code = code_in(citizen)
    assert [citizen.post(CODE, {"code": code}).url for _ in range(2)] == [HOME, HOME]
    assert AuditEvent.objects.filter(action="change_phone").count() == 1


def test_a_change_gives_an_account_no_fresh_limits(citizen, signing):
    """Seven messages of the day went to the old phone; the code for the change is the eighth."""
    with time_machine.travel(timezone.now().replace(microsecond=0), tick=False) as clock:
        for _ in range(7):
            signing.ask(Client())
            clock.shift(timedelta(minutes=31))
        session = citizen.session
        session["seen_at"] = session["signed_in_at"] = session["proved_at"] = int(timezone.now().timestamp())
        session.save()
        ask(citizen)
        citizen.post(CODE, {"code": code_in(citizen)})
        clock.shift(timedelta(minutes=31))
        page = signing.ask(Client(), "012 345 679").content.decode()
        assert "Too many codes were sent to this number" in page


def test_a_closed_account_changes_nothing(citizen, sokha):
    ask(citizen)
    code = code_in(citizen)
    User.objects.filter(pk=sokha.pk).update(is_active=False)
    assert citizen.post(CODE, {"code": code}).status_code == 302
    sokha.refresh_from_db()
    assert sokha.phone == OLD


def test_a_dead_broker_does_not_hinder_it(citizen, sokha, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    ask(citizen)
    citizen.post(CODE, {"code": code_in(citizen)})
    assert Message.objects.filter(template__startswith="phone_changed", state="due").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_accounts_that_want_one_number_at_once_get_it_once():
    users = [User.objects.create_citizen(phone=f"+8551234560{number}") for number in (1, 2)]
    challenges = []
    for user in users:
        PhoneEvent.objects.all().delete()
        challenges.append(
            codes.send_code(
                phone=NEW, browser="b", language="km", purpose=codes.Purpose.NEW_PHONE, account=user
            )
        )
    start = Barrier(2)

    def change(user: User, challenge: PhoneChallenge) -> object:
        start.wait()
        try:
            return codes.prove(
                challenge_id=str(challenge.pk),
                browser="b",
                typed=codes.code_of(challenge),
                purpose=codes.Purpose.NEW_PHONE,
                account=user,
                then=lambda proved: phone_change.change_phone(account=user, phone=proved.phone, keep=None),
            )
        except CodeProblem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(change, users, challenges))
    assert sum(isinstance(outcome, User) for outcome in outcomes) == 1
    assert User.objects.filter(phone=NEW).count() == 1

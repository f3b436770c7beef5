"""Races of two requests, on two real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from dsp_platform.accounts.codes import services as codes
from dsp_platform.accounts.errors import CodeProblem
from dsp_platform.accounts.models import PhoneChallenge, PhoneEvent, User
from dsp_platform.notifications.models import Message

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run all actions concurrently; returns the outcome of each, or the problem it raised."""
    start = Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            return call()
        except CodeProblem as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def ask(phone, browser):
    return lambda: codes.send_code(phone=phone, browser=browser, language="km")


def confirm(challenge, browser, typed):
    return lambda: codes.prove(
        challenge_id=str(challenge.pk),
        browser=browser,
        typed=typed,
        then=lambda proved: codes.account_of(proved.phone, "km"),
    )


def test_two_requests_at_once_send_one_message(phone):
    outcomes = at_once(*[ask(phone, f"browser {number}") for number in range(4)])
    assert sum(isinstance(outcome, PhoneChallenge) for outcome in outcomes) == 1
    assert Message.objects.count() == 1
    assert PhoneEvent.objects.count() == 1


def test_one_code_at_once_in_two_windows_makes_one_account_and_is_used_once(phone):
    challenge = ask(phone, "browser")()
    code = codes.code_of(challenge)
    outcomes = at_once(*[confirm(challenge, "browser", code)] * 3)
    assert sum(isinstance(outcome, User) for outcome in outcomes) == 1
    assert User.objects.count() == 1


def test_guesses_at_once_do_not_get_more_than_five_tries(phone):
    challenge = ask(phone, "browser")()
    right = codes.code_of(challenge)
    guesses = [f"{(int(right) + number) % 10**6:06}" for number in range(1, 9)]
    at_once(*[confirm(challenge, "browser", guess) for guess in guesses])
    challenge.refresh_from_db()
    assert challenge.tries == 5
    assert PhoneEvent.objects.filter(kind="wrong").count() == 5

from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.khmer import khmer_digits
from grievances import pins
from grievances.models import Grievance


@pytest.fixture
def grievance(tell):
    return tell()


@pytest.fixture
def pin(grievance):
    return pins.new_pin(grievance.reference, grievance.submission)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**6:06}"


def guess(grievance, pin: str, times: int = 1) -> None:
    for _ in range(times):
        assert pins.check(reference=grievance.reference, pin=wrong(pin)) is None


def unlock() -> None:
    Grievance.objects.update(pin_locked_until=timezone.now() - timedelta(seconds=1))


def test_khmer_digits_and_careless_references(grievance, pin):
    typed = grievance.reference.lower().replace("-", " ")
    assert pins.check(reference=typed, pin=khmer_digits(pin)) == grievance
    assert pins.check(reference=khmer_digits(typed), pin=f" {pin[:3]} {pin[3:]} ") == grievance


def test_the_fifth_wrong_pin_locks_even_the_right_one(grievance, pin):
    guess(grievance, pin, 4)
    assert pins.check(reference=grievance.reference, pin=pin) == grievance
    guess(grievance, pin, 5)
    assert pins.check(reference=grievance.reference, pin=pin) is None
    unlock()
    assert pins.check(reference=grievance.reference, pin=pin) == grievance


def test_each_lock_is_twice_as_long(grievance, pin):
    for minutes in (15, 30, 60):
        guess(grievance, pin, 5)
        grievance.refresh_from_db()
        left = grievance.pin_locked_until - timezone.now()
        assert timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes)
        unlock()


def test_a_lock_never_lasts_longer_than_a_day(grievance, pin):
    Grievance.objects.update(pin_failures=499)
    guess(grievance, pin)
    grievance.refresh_from_db()
    assert grievance.pin_locked_until - timezone.now() <= timedelta(hours=24)


@pytest.mark.parametrize("reference", ["", "G-0000-0000", "A", "១២៣", "x" * 500])
def test_an_unknown_reference_is_answered_like_a_wrong_pin(grievance, reference):
    assert pins.check(reference=reference, pin="123456") is None
    assert pins.check(reference=reference, pin="") is None


def test_the_pin_of_one_does_not_open_another(grievance, pin, tell):
    assert pins.check(reference=tell().reference, pin=pin) is None

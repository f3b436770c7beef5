from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from dsp_platform.accounts.phones import known_browsers
from grievances import pins
from grievances.errors import PinWait
from grievances.models import PinFailure
from grievances.pins import Asker
from tests.khmer.digits import khmer_digits

HERE, ELSEWHERE = Asker("203.0.113.0/24"), Asker("198.51.100.0/24")


@pytest.fixture
def grievance(tell):
    return tell()


@pytest.fixture
def pin(grievance):
    return pins.new_pin(grievance.reference, grievance.submission)


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 10**pins.DIGITS:0{pins.DIGITS}}"


def guess(grievance, pin: str, times: int = 1, asker: Asker = HERE) -> None:
    for _ in range(times):
        assert pins.check(reference=grievance.reference, pin=wrong(pin), asker=asker) is None


def wait_of(grievance, pin: str, asker: Asker = HERE) -> timedelta:
    with pytest.raises(PinWait) as raised:
        pins.check(reference=grievance.reference, pin=pin, asker=asker)
    return raised.value.wait


def test_khmer_digits_and_careless_references(grievance, pin):
    typed = grievance.reference.lower().replace("-", " ")
    assert pins.check(reference=typed, pin=khmer_digits(pin), asker=HERE) == grievance
    assert pins.check(reference=khmer_digits(typed), pin=f" {pins.grouped(pin)} ", asker=HERE) == grievance


def test_after_a_few_wrong_pins_this_network_waits_longer_each_time(grievance, pin, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    guess(grievance, pin, pins.FREE_FAILURES)
    for seconds in (15, 30, 60):
        guess(grievance, pin)
        wait = wait_of(grievance, pin)
        assert timedelta(seconds=seconds - 2) < wait <= timedelta(seconds=seconds)
        time_machine.shift(wait + timedelta(seconds=1))
    assert pins.check(reference=grievance.reference, pin=pin, asker=HERE) == grievance


def test_nobody_waits_longer_than_a_quarter_of_an_hour(grievance, pin):
    [bucket, *_others] = HERE.buckets(grievance.reference)
    PinFailure.objects.bulk_create(PinFailure(bucket=bucket) for _ in range(500))
    assert wait_of(grievance, pin) <= timedelta(minutes=15)


def test_strangers_elsewhere_do_not_make_the_reporter_wait(grievance, pin):
    guess(grievance, pin, pins.FREE_FAILURES + 1, ELSEWHERE)
    wait_of(grievance, pin, ELSEWHERE)
    assert pins.check(reference=grievance.reference, pin=pin, asker=HERE) == grievance


def test_in_one_network_the_known_browser_is_counted_apart(grievance, pin):
    guess(grievance, pin, pins.FREE_FAILURES + 1)
    known = Asker(HERE.network, "a1b2")
    assert pins.check(reference=grievance.reference, pin=pin, asker=known) == grievance


def close(asker: Asker = HERE) -> None:
    """The network has tried so many references that it is rate limited."""
    [_own, bucket] = asker.buckets("G-0000-0000")
    PinFailure.objects.bulk_create(
        PinFailure(bucket=bucket) for _ in range(pins.FREE_FAILURES_OF_NETWORK + 1)
    )


def test_a_network_that_tries_many_references_waits_for_all_of_them(grievance, pin):
    close()
    wait_of(grievance, wrong(pin))


def test_no_neighbour_keeps_the_reporter_from_the_right_pin(grievance, pin):
    close()
    assert pins.check(reference=grievance.reference, pin=pin, asker=HERE) == grievance


def test_a_slip_of_the_reporter_is_forgiven_in_a_network_that_waits(grievance, pin):
    close()
    wait_of(grievance, wrong(pin))
    assert pins.check(reference=grievance.reference, pin=pin, asker=HERE) == grievance


def test_a_network_that_waits_guesses_a_few_times_at_one_reference(grievance, pin):
    close()
    for _ in range(pins.FREE_FAILURES + 1):
        wait_of(grievance, wrong(pin))
    wait_of(grievance, pin)


def test_who_guesses_during_a_wait_fills_no_table_and_learns_of_no_report(grievance, pin):
    close()
    before = PinFailure.objects.count()
    for number in range(20):
        with pytest.raises(PinWait):
            pins.check(reference=f"G-{number:04}-0000", pin=pin, asker=HERE)
    assert PinFailure.objects.count() == before
    for _ in range(20):
        wait_of(grievance, wrong(pin))
    assert PinFailure.objects.count() == before + pins.FREE_FAILURES + 1


def test_a_browser_where_a_number_was_proved_is_counted_by_it(grievance, pin):
    close()
    guess(grievance, pin, 1, Asker(HERE.network, number="c3d4"))
    guess(grievance, pin, pins.FREE_FAILURES + 1, Asker("192.0.2.0/24"))
    here = Asker("192.0.2.0/24", number="c3d4")
    assert pins.check(reference=grievance.reference, pin=pin, asker=here) == grievance


def test_a_number_goes_on_waiting_in_another_network(grievance, pin):
    guess(grievance, pin, pins.FREE_FAILURES + 1, Asker(HERE.network, number="c3d4"))
    wait_of(grievance, pin, Asker(ELSEWHERE.network, number="c3d4"))


def test_the_number_is_the_one_that_was_proved_last(db, rf):
    request, answer = rf.get("/"), HttpResponse()
    assert pins.asker_of(request, "").number == ""
    known_browsers.remember(request, answer, "+85512345678")
    request.COOKIES = {name: morsel.value for name, morsel in answer.cookies.items()}
    assert pins.asker_of(request, "").number == known_browsers.latest_digest(request) != ""


def test_many_networks_guess_none_in_a_year():
    tries = 2 * 10_000 * 365 * (timedelta(days=1) / pins.LONGEST_WAIT + pins.FREE_FAILURES + 10)
    assert tries / 10**pins.DIGITS < 1e-3


@pytest.mark.parametrize("reference", ["G-0000-0000", "nothing", "", "០"])
def test_unknown_references_wait_like_known_ones(db, reference):
    for _ in range(pins.FREE_FAILURES + 1):
        assert pins.check(reference=reference, pin="123456", asker=HERE) is None
    with pytest.raises(PinWait):
        pins.check(reference=reference, pin="", asker=HERE)


def test_the_pin_of_one_does_not_open_another(grievance, pin, tell):
    assert pins.check(reference=tell().reference, pin=pin, asker=HERE) is None


def test_what_no_wait_is_counted_from_is_forgotten(grievance, pin, time_machine):
    time_machine.move_to(timezone.now())
    guess(grievance, pin)
    assert pins.purge() == 0
    time_machine.shift(pins.MEMORY + timedelta(minutes=1))
    assert pins.purge() == 2


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_pass_no_limit(tell):
    grievance, judged = tell(), []

    def attempt() -> None:
        try:
            pins.check(reference=grievance.reference, pin="000000000000", asker=HERE)
            judged.append(1)
        except PinWait:
            pass
        finally:
            connection.close()

    threads = [Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(judged) == pins.FREE_FAILURES + 1


def test_the_browser_that_reported_is_known(grievance, pin, rf):
    browser = Client()
    session = browser.session
    session["grievance_reported"] = [grievance.pk, int(timezone.now().timestamp()), "", ""]
    session.save()
    browser.get("/en/grievances/reported/")
    request = rf.get("/", REMOTE_ADDR="203.0.113.7")
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    asker = pins.asker_of(request, grievance.reference)
    assert asker.network == HERE.network
    assert asker.known_as
    assert not pins.asker_of(request, "G-0000-0000").known_as

"""Which large bodies keep their slots, with a clock that the test sets."""

import gc
from pathlib import Path

import pytest

from dsp_platform.uploads import limits
from dsp_platform.webserver import large_bodies
from dsp_platform.webserver.large_bodies import (
    KILOBYTE,
    MAX_BODIES,
    MAX_BODIES_PER_NETWORK,
    BodySlots,
    LargeBody,
)
from dsp_platform.webserver.requests import Request
from tests.webserver.conftest import file_paths

MEGABYTE = 1024 * KILOBYTE


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(large_bodies, "time", clock)
    return clock


class RetainingSlots(BodySlots):
    """Whose requests stay referenced until the test ends."""

    def __init__(self) -> None:
        super().__init__()
        self.retained: list[LargeBody] = []

    def occupy(self, network: str, number: int = 1) -> list[LargeBody]:
        bodies = [LargeBody(network, 10 * MEGABYTE) for _ in range(number)]
        assert all(self.acquire(body) for body in bodies)
        self.retained += bodies
        return bodies


@pytest.fixture
def slots() -> RetainingSlots:
    return RetainingSlots()


def advance(clock: Clock, seconds: float, *bodies: LargeBody, rate: float) -> None:
    clock.now += seconds
    for body in bodies:
        body.received += int(seconds * rate)


@pytest.mark.parametrize("rate", [5, 10])
def test_ten_megabytes_come_in_over_a_weak_line(clock, rate):
    body = LargeBody("citizen", 10 * MEGABYTE)
    clock.now += 6  # until it begins
    while body.received < body.length:
        advance(clock, 1, body, rate=rate * KILOBYTE)
        assert not body.is_late


def test_a_line_that_is_gone_for_a_while_may_go_on(clock):
    body = LargeBody("citizen", 10 * MEGABYTE)
    advance(clock, 120, body, rate=5 * KILOBYTE)
    clock.now += 28
    assert not body.is_late


def test_below_a_pace_a_body_is_late(clock):
    body = LargeBody("attack", 10 * MEGABYTE)
    advance(clock, 19, body, rate=KILOBYTE)
    assert not body.is_late
    advance(clock, 2, body, rate=KILOBYTE)
    assert body.is_late
    body.is_complete = True  # it waits for an answer, which may take any time
    assert not body.is_late


def test_a_body_does_not_take_for_ever(clock):
    body = LargeBody("attack", 10 * MEGABYTE)
    advance(clock, 3000, body, rate=3 * KILOBYTE)
    assert body.is_late


def test_a_full_network_gets_a_place_of_its_own_slow_ones_only(clock, slots):
    slow, *others = slots.occupy("office", MAX_BODIES_PER_NETWORK)
    other_networks = slots.occupy("attack", 2)
    assert not slots.acquire(LargeBody("office", MEGABYTE))
    advance(clock, 30, *others, rate=6 * KILOBYTE)
    slots.occupy("office")
    assert slow.is_dropped
    assert not any(body.is_dropped for body in others + other_networks)
    assert not slots.acquire(LargeBody("office", MEGABYTE))  # nobody else of it is slow, or it just began


def test_many_places_have_to_be_used_the_more(clock, slots):
    """Just above what a weak connection needs, three networks would occupy all of them for hours."""
    attack = slots.occupy("a", 8) + slots.occupy("b", 8) + slots.occupy("c", 4)
    for number in range(8):
        advance(clock, 60, *attack, rate=6 * KILOBYTE)
        slots.occupy(f"citizen {number}")
    assert sum(body.is_dropped for body in attack) == 8


def test_networks_that_use_their_places_keep_them(clock, slots):
    busy = slots.occupy("a", 8) + slots.occupy("b", 8) + slots.occupy("c", 4)
    advance(clock, 60, *busy, rate=40 * KILOBYTE)
    assert not slots.acquire(LargeBody("citizen", MEGABYTE))
    assert not any(body.is_dropped for body in busy)


def test_who_has_one_place_is_not_dropped_before_it_has_begun(clock, slots):
    bodies = [slots.occupy(f"network {number}")[0] for number in range(MAX_BODIES)]
    assert not slots.acquire(LargeBody("citizen", MEGABYTE))
    advance(clock, 30, *bodies[1:], rate=5 * KILOBYTE)
    slots.occupy("citizen")
    assert [body for body in bodies if body.is_dropped] == bodies[:1]
    clock.now += 1
    assert not slots.acquire(LargeBody("another", MEGABYTE))


def test_one_that_just_begins_does_not_shield_slow_ones(clock, slots):
    old = slots.occupy("a", MAX_BODIES_PER_NETWORK - 1)
    advance(clock, 30, *old, rate=3 * KILOBYTE)
    slots.occupy("a")
    slots.occupy("a")
    assert sum(body.is_dropped for body in old) == 1


def test_what_was_received_is_not_dropped(clock, slots):
    for body in slots.occupy("a", MAX_BODIES_PER_NETWORK):
        body.is_complete = True
    clock.now += 60
    assert not slots.acquire(LargeBody("a", MEGABYTE))


def test_nothing_that_is_gone_has_a_place(slots):
    slots.occupy("a", MAX_BODIES_PER_NETWORK)
    slots.retained.clear()
    gc.collect()
    slots.occupy("a", MAX_BODIES_PER_NETWORK)


@pytest.mark.parametrize(
    ("name", "cookie", "signed_in"),
    [
        ("session", "session=x", True),
        ("session", "language=km;session=x", True),
        ("session", "a=b, session=x", True),  # two such headers are joined by a comma
        ("session", "", False),
        ("session", "session=", False),
        ("session", "session", False),
        ("session", "csrf=session; mysession=x", False),
        ("__Host-session", "session=x", False),
        ("__Host-session", "__Host-csrf=y; __Host-session=x", True),
    ],
)
def test_the_cookie_is_the_one_of_the_settings(settings, name, cookie, signed_in):
    settings.SESSION_COOKIE_NAME = name
    request = Request(None)
    request.headers["COOKIE"] = cookie
    assert request._has_session() is signed_in


def test_the_guide_tells_the_limits_that_hold(settings):
    guide = " ".join(Path("docs/guides/uploads.md").read_text().split())
    megabytes = settings.UPLOAD_MEGABYTES
    file, rate = megabytes * MEGABYTE, large_bodies.BYTES_PER_EXTRA_SECOND
    slowest = large_bodies.MIN_RATE // KILOBYTE
    idle = {role: int(life[0].total_seconds()) for role, life in settings.SESSION_LIFE.items()}
    for words in (
        f"A web process has {MAX_BODIES}, one network (/24, or /56 of IPv6) {MAX_BODIES_PER_NETWORK} of them",
        f"for nginx on {', '.join(f'`{path}`' for path in file_paths())}, `1m` elsewhere",
        f"off for {', '.join(f'`{path}`' for path in file_paths())}.",
        f"an import's file {settings.IMPORT_MEGABYTES} MB",
        f"{slowest} KB a second on average after {large_bodies.GRACE_SECONDS} seconds",
        f"{rate // KILOBYTE} KB a second brings {megabytes} MB in {file // rate // 60} minutes",
        f"one file of the largest size ({int(large_bodies.time_limit(file)) // 60} minutes)",
        f"has {idle['citizen'] // 60} minutes ({round(idle['citizen'] * rate / MEGABYTE)} MB",
        f"{idle['official'] // 60} ({round(idle['official'] * rate / MEGABYTE)} MB)",
        f"the same file sent again after {limits.FREE_REPEATS} times",
        f"takes {large_bodies.MAX_SMALLER_BODIES:,} at once, "
        f"{large_bodies.MAX_SMALLER_BODIES_PER_NETWORK} of one network",
    ):
        assert words in guide, words

"""Which large bodies keep their places, with a clock that the test sets."""

import gc
from pathlib import Path

import pytest

from dsp_platform.uploads import limits
from dsp_platform.webserver import large_bodies
from dsp_platform.webserver.large_bodies import AT_ONCE, KILOBYTE, OF_A_NETWORK, LargeBody, Places
from dsp_platform.webserver.requests import Request

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


class House(Places):
    """Whose requests stay referenced until the test ends."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[LargeBody] = []

    def hold(self, network: str, number: int = 1) -> list[LargeBody]:
        bodies = [LargeBody(network, 10 * MEGABYTE) for _ in range(number)]
        assert all(self.take(body) for body in bodies)
        self.kept += bodies
        return bodies


@pytest.fixture
def places() -> House:
    return House()


def grow(clock: Clock, seconds: float, *bodies: LargeBody, pace: float) -> None:
    clock.now += seconds
    for body in bodies:
        body.received += int(seconds * pace)


@pytest.mark.parametrize("pace", [5, 10])
def test_ten_megabytes_come_in_over_a_weak_line(clock, pace):
    body = LargeBody("citizen", 10 * MEGABYTE)
    clock.now += 6  # until it begins
    while body.received < body.length:
        grow(clock, 1, body, pace=pace * KILOBYTE)
        assert not body.is_late


def test_a_line_that_is_gone_for_a_while_may_go_on(clock):
    body = LargeBody("citizen", 10 * MEGABYTE)
    grow(clock, 120, body, pace=5 * KILOBYTE)
    clock.now += 28
    assert not body.is_late


def test_below_a_pace_a_body_is_late(clock):
    body = LargeBody("attack", 10 * MEGABYTE)
    grow(clock, 19, body, pace=KILOBYTE)
    assert not body.is_late
    grow(clock, 2, body, pace=KILOBYTE)
    assert body.is_late
    body.is_complete = True  # it waits for an answer, which may take any time
    assert not body.is_late


def test_a_body_does_not_take_for_ever(clock):
    body = LargeBody("attack", 10 * MEGABYTE)
    grow(clock, 3000, body, pace=3 * KILOBYTE)
    assert body.is_late


def test_a_full_network_gets_a_place_of_its_own_slow_ones_only(clock, places):
    slow, *others = places.hold("office", OF_A_NETWORK)
    other_networks = places.hold("attack", 2)
    assert not places.take(LargeBody("office", MEGABYTE))
    grow(clock, 30, *others, pace=6 * KILOBYTE)
    places.hold("office")
    assert slow.is_dropped
    assert not any(body.is_dropped for body in others + other_networks)
    assert not places.take(LargeBody("office", MEGABYTE))  # nobody else of it is slow, or it just began


def test_many_places_have_to_be_used_the_more(clock, places):
    """Just above what a weak connection needs, three networks would hold all of them for hours."""
    attack = places.hold("a", 8) + places.hold("b", 8) + places.hold("c", 4)
    for number in range(8):
        grow(clock, 60, *attack, pace=6 * KILOBYTE)
        places.hold(f"citizen {number}")
    assert sum(body.is_dropped for body in attack) == 8


def test_networks_that_use_their_places_keep_them(clock, places):
    busy = places.hold("a", 8) + places.hold("b", 8) + places.hold("c", 4)
    grow(clock, 60, *busy, pace=40 * KILOBYTE)
    assert not places.take(LargeBody("citizen", MEGABYTE))
    assert not any(body.is_dropped for body in busy)


def test_who_has_one_place_is_not_dropped_before_it_has_begun(clock, places):
    bodies = [places.hold(f"network {number}")[0] for number in range(AT_ONCE)]
    assert not places.take(LargeBody("citizen", MEGABYTE))
    grow(clock, 30, *bodies[1:], pace=5 * KILOBYTE)
    places.hold("citizen")
    assert [body for body in bodies if body.is_dropped] == bodies[:1]
    clock.now += 1
    assert not places.take(LargeBody("another", MEGABYTE))


def test_one_that_just_begins_does_not_shield_slow_ones(clock, places):
    old = places.hold("a", OF_A_NETWORK - 1)
    grow(clock, 30, *old, pace=3 * KILOBYTE)
    places.hold("a")
    places.hold("a")
    assert sum(body.is_dropped for body in old) == 1


def test_what_was_received_is_not_dropped(clock, places):
    for body in places.hold("a", OF_A_NETWORK):
        body.is_complete = True
    clock.now += 60
    assert not places.take(LargeBody("a", MEGABYTE))


def test_nothing_that_is_gone_has_a_place(places):
    places.hold("a", OF_A_NETWORK)
    places.kept.clear()
    gc.collect()
    places.hold("a", OF_A_NETWORK)


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
    file, pace = megabytes * MEGABYTE, large_bodies.SECOND_FOR
    slowest = large_bodies.SLOWEST // KILOBYTE
    idle = {role: int(life[0].total_seconds()) for role, life in settings.SESSION_LIFE.items()}
    for words in (
        f"A web process has {AT_ONCE}, one network (/24, or /56 of IPv6) {OF_A_NETWORK} of them",
        f"{slowest} KB a second on average after {large_bodies.GRACE_SECONDS} seconds",
        f"{pace // KILOBYTE} KB a second brings {megabytes} MB in {file // pace // 60} minutes",
        f"one file of the largest size ({int(large_bodies.longest(file)) // 60} minutes)",
        f"has {idle['citizen'] // 60} minutes ({round(idle['citizen'] * pace / MEGABYTE)} MB",
        f"{idle['official'] // 60} ({round(idle['official'] * pace / MEGABYTE)} MB)",
        f"the same file sent again after {limits.FREE_REPEATS} times",
        f"takes {large_bodies.SMALLER_AT_ONCE:,} at once, {large_bodies.SMALLER_OF_A_NETWORK} of one network",
    ):
        assert words in guide, words

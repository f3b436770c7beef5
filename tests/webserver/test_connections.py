"""Clients that only wait cannot use up all connections, from one address or from many."""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from dsp_platform.webserver.connections import WaitingFor, choose_to_close
from dsp_platform.webserver.requests import HEAD_SECONDS
from tests.stack import connections_to

CONNECTIONS = 100
# File descriptors that the server needs itself, and a file for the body of each request.
FILES = 256 + 2 * CONNECTIONS
NOTHING: tuple[str, ...] = ("",)
HALF_A_HEAD = ("GET / HTTP/1.1", "Host: here", "X-Half: ")
HALF_A_BODY = ("POST / HTTP/1.1", "Host: here", "Content-Length: 40000", "", "half")
WHOLE = ("GET / HTTP/1.1", "Host: here", "", "")

NOW = 100.0


@dataclass
class Connection:
    network: str
    last_activity: float
    waiting_for: WaitingFor | None = WaitingFor.REQUEST_HEAD
    opened: float = 0


@pytest.fixture
def server(serve):
    return serve(workers=1, files=FILES)


@pytest.mark.parametrize(
    "sent", [NOTHING, HALF_A_HEAD, HALF_A_BODY, WHOLE], ids=["nothing", "head", "body", "kept"]
)
def test_whoever_waits_makes_room_when_all_connections_are_taken(server, sent):
    with ExitStack() as connections:
        for _visitor in range(3 * CONNECTIONS):
            connections.enter_context(server.begin(*sent))
        for _question in range(5):
            assert server.answers()
        assert len(connections_to(server.port)) > CONNECTIONS / 2  # most of them are waiting still


@pytest.mark.parametrize("sent", [NOTHING, HALF_A_HEAD, HALF_A_BODY], ids=["nothing", "head", "body"])
def test_who_comes_last_of_a_flood_is_answered(server, sent):
    """All of it arrives while the server is stopped, and is new when it is accepted."""
    with ExitStack() as connections, server.paused():
        for _visitor in range(2 * CONNECTIONS + 5):  # so that connections are closed right after the last one
            connections.enter_context(server.begin(*sent))
        asked = connections.enter_context(server.begin(*WHOLE))
        server.resume()
        assert asked.recv(100).startswith(b"HTTP/1.1 200")


def test_who_is_being_answered_keeps_the_connection(server):
    with ExitStack() as connections:
        asked = connections.enter_context(server.begin("GET /slow/ HTTP/1.1", "Host: here", "", ""))
        for _visitor in range(3 * CONNECTIONS):
            connections.enter_context(server.begin(*NOTHING))
        assert asked.recv(100).startswith(b"HTTP/1.1 200")


def test_who_never_sends_anything_is_hung_up_on(server):
    with server.begin(*NOTHING) as connection:
        connection.settimeout(HEAD_SECONDS + 5)
        assert connection.recv(100) == b""


def test_the_network_that_has_most_makes_room():
    flood = [Connection("flood", moment) for moment in (3, 1, 2)]
    others = [Connection("office", 0), Connection("citizen", 0)]
    assert choose_to_close([*others, *flood], 2, NOW) == [flood[1], flood[2]]


def test_behind_a_proxy_those_that_ask_for_nothing_are_closed_first():
    """All come from its address. A body or a response in transit is somebody's page."""
    answer, body, idle = (
        Connection("proxy", 1, WaitingFor.CLIENT_TO_READ),
        Connection("proxy", 2, WaitingFor.REQUEST_BODY),
        Connection("proxy", 3),
    )
    at_work = Connection("proxy", 0, None)
    assert choose_to_close([at_work, answer, body, idle], 2, NOW) == [idle, body]
    assert choose_to_close([at_work, answer, body, idle], 9, NOW) == [idle, body, answer]


def test_who_has_just_come_is_about_to_ask():
    new, body = Connection("proxy", NOW, opened=NOW - 1), Connection("proxy", NOW, WaitingFor.REQUEST_BODY)
    assert choose_to_close([new, body], 1, NOW) == [body]


def test_of_those_that_have_just_come_the_last_is_closed_last():
    half_a_body = Connection("proxy", NOW, WaitingFor.REQUEST_BODY, opened=NOW - 1)
    unread = Connection("proxy", NOW - 0.5, WaitingFor.REQUEST_HEAD, opened=NOW - 0.5)
    assert choose_to_close([unread, half_a_body], 1, NOW) == [half_a_body]


def test_an_answer_on_its_way_outlives_a_flood_that_has_just_come():
    answer = Connection("proxy", NOW - 1, WaitingFor.CLIENT_TO_READ, opened=NOW - 3)
    flood = [Connection("proxy", NOW, opened=NOW - 1) for _visitor in range(2)]
    assert choose_to_close([answer, *flood], 2, NOW) == flood

"""Uploads from many networks; slow or unauthenticated clients do not use up the places."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest

from tests.stack import wait_for
from tests.webserver.conftest import DOCUMENTS, SIGNED_IN, Server, file_paths

MAX_BODIES_PER_NETWORK, MAX_BODIES = 8, 20
SIZE = 2_000_000
ANONYMOUS = ("Host: here", f"Content-Length: {SIZE}")
KNOWN = (*ANONYMOUS, f"Cookie: {SIGNED_IN}")
POST = f"POST {DOCUMENTS} HTTP/1.1"


@pytest.fixture
def connections() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def server(serve) -> Server:
    """One process, so that chance does not decide which one gets a connection."""
    return serve(workers=1)


def read_response(connection: socket.socket) -> bytes:
    """All of it, to the end of the connection."""
    response = b""
    while more := connection.recv(65536):
        response += more
    return response


def is_open(connection: socket.socket) -> bool:
    """Nothing has arrived, and the other side has not closed the connection."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK)) and False
    except BlockingIOError:
        return True
    finally:
        connection.settimeout(20)


def open_uploads(
    server: Server, connections: ExitStack, source: str, number: int, *more: str
) -> list[socket.socket]:
    """That many clients that send one byte of a large body and wait."""
    return [
        connections.enter_context(server.begin(POST, *KNOWN, *more, "", "x", source=source))
        for _ in range(number)
    ]


def sends_all(server: Server, source: str, *more: str) -> bytes:
    with server.begin(POST, *KNOWN, "Connection: close", *more, "", "x" * SIZE, source=source) as connection:
        return read_response(connection)


def test_nobody_sends_files_without_being_signed_in(server):
    with server.begin(POST, *ANONYMOUS, "Cookie: language=km; csrf=session", "", "x") as connection:
        response = read_response(connection)
    head, _, page = response.decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 403")
    assert "Connection: close" in head
    assert "Content-Type: text/html; charset=utf-8" in head
    assert '<html lang="km">' in page
    assert '<section lang="en">' in page
    for language in ("km", "en"):
        for door in ("sign-in", "counter/sign-in"):
            assert f'href="/{language}/{door}/?next=/{language}/documents/application/1/"' in page
    assert "សូមចូលគណនី" in page


@pytest.mark.parametrize(
    ("sent_to", "back"),
    [
        ("x%22%3E%3Cscript%3E/", "documents/x%22%3E%3Cscript%3E/"),
        ("x%26next=//elsewhere/", "documents/x%26next%3D//elsewhere/"),
        ("%E1%9E%80/", "documents/%E1%9E%80/"),
        ("x" * 1000, ""),
    ],
)
def test_the_way_back_is_nothing_but_a_path_of_ours(server, sent_to, back):
    with server.begin(f"POST /km/documents/{sent_to} HTTP/1.1", *ANONYMOUS, "", "x") as connection:
        page = read_response(connection).decode()
    assert page.count(f'?next=/km/{back}"') == page.count(f'?next=/en/{back}"') == 2
    assert "<script" not in page


@pytest.mark.parametrize("path", file_paths())
def test_each_page_that_takes_files_receives_large_ones(server, path):
    post = (f"POST {path} HTTP/1.1", *KNOWN, "Connection: close", "", "x" * SIZE)
    with server.begin(*post) as connection:
        response = read_response(connection)
    assert response.startswith(b"HTTP/1.1 200")
    assert json.loads(response.partition(b"\r\n\r\n")[2])["read"] == SIZE


def test_the_answer_is_read_by_whoever_is_still_sending(server):
    with server.begin(POST, *ANONYMOUS, "", "x") as connection:
        connection.sendall(b"x" * (SIZE - 1))
        assert read_response(connection).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(("path", "status"), [(DOCUMENTS, b"403"), ("/km/sign-in/", b"413")])
def test_who_may_not_send_is_not_told_to_go_on(server, path, status):
    with server.begin(f"POST {path} HTTP/1.1", *ANONYMOUS, "Expect: 100-continue", "", "") as connection:
        response = read_response(connection)
    assert response.startswith(b"HTTP/1.1 " + status)
    assert b"text/html" in response


def test_asking_before_sending_is_no_way_around_the_places(server, connections):
    held = open_uploads(server, connections, "127.0.1.5", MAX_BODIES_PER_NETWORK, "Expect: 100-continue")
    assert all(connection.recv(100).startswith(b"HTTP/1.1 100") for connection in held)
    asks = (POST, *KNOWN, "Expect: 100-continue", "", "")
    with server.begin(*asks, source="127.0.1.6") as connection:
        assert read_response(connection).startswith(b"HTTP/1.1 503")


def test_a_network_has_its_share_of_the_places(server, connections):
    held = open_uploads(server, connections, "127.0.1.5", MAX_BODIES_PER_NETWORK)
    with server.begin(POST, *KNOWN, "", "x", source="127.0.1.77") as connection:
        response = read_response(connection)
    assert response.startswith(b"HTTP/1.1 503")
    assert b"\r\nRetry-After: 60\r\n" in response
    assert '<html lang="km">' in response.decode()
    assert sends_all(server, "127.0.2.5").startswith(b"HTTP/1.1 200")
    assert all(is_open(connection) for connection in held)


def test_behind_a_proxy_it_is_the_network_that_the_proxy_saw(serve, connections):
    server = serve(workers=1, BEHIND_PROXY="true")
    # Anybody can forge what stands before the last comma.
    for number in range(MAX_BODIES_PER_NETWORK):
        open_uploads(
            server, connections, "127.0.0.1", 1, f"X-Forwarded-For: 10.0.{number}.1, 203.0.113.{number}"
        )
    assert sends_all(server, "127.0.0.1", "X-Forwarded-For: 203.0.113.200").startswith(b"HTTP/1.1 503")
    assert sends_all(server, "127.0.0.1", "X-Forwarded-For: 198.51.100.7").startswith(b"HTTP/1.1 200")


def test_without_a_proxy_nobody_chooses_their_network(server, connections):
    open_uploads(server, connections, "127.0.1.5", MAX_BODIES_PER_NETWORK)
    assert sends_all(server, "127.0.1.6", "X-Forwarded-For: 198.51.100.7").startswith(b"HTTP/1.1 503")


def test_who_only_holds_a_place_makes_room_for_who_comes(server, connections):
    """Nor does a client with a weak connection, which sends 5 kilobytes a second."""
    attack = [
        *open_uploads(server, connections, "127.0.1.5", 8),
        *open_uploads(server, connections, "127.0.2.5", 8),
        *open_uploads(server, connections, "127.0.3.5", 3),
    ]
    (weak,) = open_uploads(server, connections, "127.0.4.5", 1)
    left = SIZE - 1
    for number in range(6):
        weak.sendall(b"x" * 5_000)
        left -= 5_000
        assert sends_all(server, f"127.0.{10 + number}.5").startswith(b"HTTP/1.1 200")
        (more,) = open_uploads(server, connections, f"127.0.{10 + number}.5", 1)
        attack.append(more)
        assert is_open(weak)
    weak.sendall(b"x" * left)
    assert weak.recv(100).startswith(b"HTTP/1.1 200")
    dropped = [connection for connection in attack if not is_open(connection)]
    assert len(dropped) == 6
    response = read_response(dropped[0])
    assert response.startswith(b"HTTP/1.1 503")
    assert '<html lang="km">' in response.decode()


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_place_is_given_back_when_the_line_breaks(server, connections, reset):
    held = open_uploads(server, connections, "127.0.1.5", MAX_BODIES_PER_NETWORK)
    assert sends_all(server, "127.0.1.5").startswith(b"HTTP/1.1 503")
    for connection in held:
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    wait_for(lambda: sends_all(server, "127.0.1.5").startswith(b"HTTP/1.1 200"))
    # All of them, and each once.
    held = open_uploads(server, connections, "127.0.1.5", MAX_BODIES_PER_NETWORK)
    assert sends_all(server, "127.0.1.5").startswith(b"HTTP/1.1 503")
    assert all(is_open(connection) for connection in held)


def test_a_place_is_given_back_when_the_request_was_answered(server):
    """On one connection too, which stays open after each."""
    with server.begin("") as connection:
        for _file in range(MAX_BODIES + 1):
            connection.sendall("\r\n".join((POST, *KNOWN, "", "x" * SIZE)).encode())
            response = connection.recv(65536)
            while not response.endswith(b"}"):
                response += connection.recv(65536)
            assert json.loads(response.partition(b"\r\n\r\n")[2])["read"] == SIZE


def test_who_sends_too_slowly_is_told_so(serve):
    server = serve(
        workers=1,
        extra_code="\nfrom dsp_platform.webserver import large_bodies\nlarge_bodies.GRACE_SECONDS = 1\n",
    )
    with server.begin(POST, *KNOWN, "", "x") as connection:
        response = read_response(connection)
    assert response.startswith(b"HTTP/1.1 408")
    assert '<html lang="km">' in response.decode()


# Not a large body: no cookie is required, and any URL accepts it.
FORM = ("POST /km/sign-in/ HTTP/1.1", "Host: here", "Content-Length: 900000")
FEW = """
from dsp_platform.webserver import large_bodies, requests
requests.smaller_body_slots = large_bodies.BodySlots(maximum=5, per_network=3)
"""


def sends_form(server: Server, source: str) -> bytes:
    with server.begin(*FORM, "Connection: close", "", "x" * 900_000, source=source) as connection:
        return read_response(connection)


@pytest.mark.parametrize("announced", ["Content-Length: 900000", "Transfer-Encoding: chunked"])
def test_a_network_has_its_share_of_smaller_bodies_too(serve, connections, announced):
    few = serve(workers=1, extra_code=FEW)
    for _ in range(3):
        connections.enter_context(few.begin(*FORM[:2], announced, "", "", source="127.0.1.5"))
    response = sends_form(few, "127.0.1.6")
    assert response.startswith(b"HTTP/1.1 503")
    assert '<html lang="km">' in response.decode()
    assert sends_form(few, "127.0.2.5").startswith(b"HTTP/1.1 200")
    # A body that stays in memory needs no place.
    with few.begin(*FORM[:2], "Connection: close", "Content-Length: 4", "", "four") as connection:
        assert read_response(connection).startswith(b"HTTP/1.1 200")


def test_networks_with_many_smaller_bodies_make_room(serve, connections):
    few = serve(workers=1, extra_code=FEW)
    for source in ("127.0.1.5", "127.0.1.5", "127.0.1.5", "127.0.2.5", "127.0.2.5"):
        connections.enter_context(few.begin(*FORM, "", "x", source=source))
    assert sends_form(few, "127.0.3.5").startswith(b"HTTP/1.1 200")


def test_bodies_that_do_not_end_are_not_held_in_memory(server, connections):
    (process,) = psutil.Process(server.process.pid).children()
    before, files = process.memory_info().rss, process.num_fds()
    for number in range(60):
        source = f"127.0.{number}.5"
        connections.enter_context(server.begin(*FORM, "", "x" * 500_000, source=source))
    wait_for(lambda: process.num_fds() > files + 110, 10)  # a connection and a file each
    assert process.memory_info().rss - before < 10_000_000

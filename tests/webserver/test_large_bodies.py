"""Uploads from many networks; slow or unauthenticated clients do not use up the places."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest

from tests.stack import wait_for
from tests.webserver.conftest import DOCUMENTS, SIGNED_IN, Server

OF_A_NETWORK, AT_ONCE = 8, 20
SIZE = 2_000_000
ANONYMOUS = ("Host: here", f"Content-Length: {SIZE}")
KNOWN = (*ANONYMOUS, f"Cookie: {SIGNED_IN}")
POST = f"POST {DOCUMENTS} HTTP/1.1"


@pytest.fixture
def lines() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def one(serve) -> Server:
    """One process, so that chance does not decide which one gets a connection."""
    return serve(workers=1)


def answer(line: socket.socket) -> bytes:
    """All of it, to the end of the connection."""
    came = b""
    while more := line.recv(65536):
        came += more
    return came


def is_open(line: socket.socket) -> bool:
    """Nothing has arrived, and the other side has not closed the connection."""
    line.setblocking(False)
    try:
        return bool(line.recv(1, socket.MSG_PEEK)) and False
    except BlockingIOError:
        return True
    finally:
        line.settimeout(20)


def hold(server: Server, lines: ExitStack, source: str, number: int, *more: str) -> list[socket.socket]:
    """That many clients that send one byte of a large body and wait."""
    return [
        lines.enter_context(server.begin(POST, *KNOWN, *more, "", "x", source=source)) for _ in range(number)
    ]


def sends_all(server: Server, source: str, *more: str) -> bytes:
    with server.begin(POST, *KNOWN, "Connection: close", *more, "", "x" * SIZE, source=source) as line:
        return answer(line)


def test_nobody_sends_files_without_being_signed_in(one):
    with one.begin(POST, *ANONYMOUS, "Cookie: language=km; csrf=session", "", "x") as line:
        came = answer(line)
    head, _, page = came.decode().partition("\r\n\r\n")
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
def test_the_way_back_is_nothing_but_a_path_of_ours(one, sent_to, back):
    with one.begin(f"POST /km/documents/{sent_to} HTTP/1.1", *ANONYMOUS, "", "x") as line:
        page = answer(line).decode()
    assert page.count(f'?next=/km/{back}"') == page.count(f'?next=/en/{back}"') == 2
    assert "<script" not in page


def test_the_answer_is_read_by_whoever_is_still_sending(one):
    with one.begin(POST, *ANONYMOUS, "", "x") as line:
        line.sendall(b"x" * (SIZE - 1))
        assert answer(line).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(("path", "status"), [(DOCUMENTS, b"403"), ("/km/sign-in/", b"413")])
def test_who_may_not_send_is_not_told_to_go_on(one, path, status):
    with one.begin(f"POST {path} HTTP/1.1", *ANONYMOUS, "Expect: 100-continue", "", "") as line:
        came = answer(line)
    assert came.startswith(b"HTTP/1.1 " + status)
    assert b"text/html" in came


def test_asking_before_sending_is_no_way_around_the_places(one, lines):
    held = hold(one, lines, "127.0.1.5", OF_A_NETWORK, "Expect: 100-continue")
    assert all(line.recv(100).startswith(b"HTTP/1.1 100") for line in held)
    asks = (POST, *KNOWN, "Expect: 100-continue", "", "")
    with one.begin(*asks, source="127.0.1.6") as line:
        assert answer(line).startswith(b"HTTP/1.1 503")


def test_a_network_has_its_share_of_the_places(one, lines):
    held = hold(one, lines, "127.0.1.5", OF_A_NETWORK)
    with one.begin(POST, *KNOWN, "", "x", source="127.0.1.77") as line:
        came = answer(line)
    assert came.startswith(b"HTTP/1.1 503")
    assert b"\r\nRetry-After: 60\r\n" in came
    assert '<html lang="km">' in came.decode()
    assert sends_all(one, "127.0.2.5").startswith(b"HTTP/1.1 200")
    assert all(is_open(line) for line in held)


def test_behind_a_proxy_it_is_the_network_that_the_proxy_saw(serve, lines):
    behind = serve(workers=1, BEHIND_PROXY="true")
    # Anybody can forge what stands before the last comma.
    for number in range(OF_A_NETWORK):
        hold(behind, lines, "127.0.0.1", 1, f"X-Forwarded-For: 10.0.{number}.1, 203.0.113.{number}")
    assert sends_all(behind, "127.0.0.1", "X-Forwarded-For: 203.0.113.200").startswith(b"HTTP/1.1 503")
    assert sends_all(behind, "127.0.0.1", "X-Forwarded-For: 198.51.100.7").startswith(b"HTTP/1.1 200")


def test_without_a_proxy_nobody_chooses_their_network(one, lines):
    hold(one, lines, "127.0.1.5", OF_A_NETWORK)
    assert sends_all(one, "127.0.1.6", "X-Forwarded-For: 198.51.100.7").startswith(b"HTTP/1.1 503")


def test_who_only_holds_a_place_makes_room_for_who_comes(one, lines):
    """Nor does a client with a weak connection, which sends 5 kilobytes a second."""
    attack = [
        *hold(one, lines, "127.0.1.5", 8),
        *hold(one, lines, "127.0.2.5", 8),
        *hold(one, lines, "127.0.3.5", 3),
    ]
    (weak,) = hold(one, lines, "127.0.4.5", 1)
    left = SIZE - 1
    for number in range(6):
        weak.sendall(b"x" * 5_000)
        left -= 5_000
        assert sends_all(one, f"127.0.{10 + number}.5").startswith(b"HTTP/1.1 200")
        (more,) = hold(one, lines, f"127.0.{10 + number}.5", 1)
        attack.append(more)
        assert is_open(weak)
    weak.sendall(b"x" * left)
    assert weak.recv(100).startswith(b"HTTP/1.1 200")
    dropped = [line for line in attack if not is_open(line)]
    assert len(dropped) == 6
    came = answer(dropped[0])
    assert came.startswith(b"HTTP/1.1 503")
    assert '<html lang="km">' in came.decode()


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_place_is_given_back_when_the_line_breaks(one, lines, reset):
    held = hold(one, lines, "127.0.1.5", OF_A_NETWORK)
    assert sends_all(one, "127.0.1.5").startswith(b"HTTP/1.1 503")
    for line in held:
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()
    wait_for(lambda: sends_all(one, "127.0.1.5").startswith(b"HTTP/1.1 200"))
    # All of them, and each once.
    held = hold(one, lines, "127.0.1.5", OF_A_NETWORK)
    assert sends_all(one, "127.0.1.5").startswith(b"HTTP/1.1 503")
    assert all(is_open(line) for line in held)


def test_a_place_is_given_back_when_the_request_was_answered(one):
    """On one connection too, which stays open after each."""
    with one.begin("") as line:
        for _file in range(AT_ONCE + 1):
            line.sendall("\r\n".join((POST, *KNOWN, "", "x" * SIZE)).encode())
            came = line.recv(65536)
            while not came.endswith(b"}"):
                came += line.recv(65536)
            assert json.loads(came.partition(b"\r\n\r\n")[2])["read"] == SIZE


def test_who_sends_too_slowly_is_told_so(serve):
    impatient = serve(
        workers=1, more="\nfrom dsp_platform.webserver import large_bodies\nlarge_bodies.GRACE_SECONDS = 1\n"
    )
    with impatient.begin(POST, *KNOWN, "", "x") as line:
        came = answer(line)
    assert came.startswith(b"HTTP/1.1 408")
    assert '<html lang="km">' in came.decode()


# Not a large body: no cookie is required, and any URL accepts it.
FORM = ("POST /km/sign-in/ HTTP/1.1", "Host: here", "Content-Length: 900000")
FEW = """
from dsp_platform.webserver import large_bodies, requests
requests.smaller_places = large_bodies.Places(at_once=5, of_a_network=3)
"""


def sends_form(server: Server, source: str) -> bytes:
    with server.begin(*FORM, "Connection: close", "", "x" * 900_000, source=source) as line:
        return answer(line)


@pytest.mark.parametrize("announced", ["Content-Length: 900000", "Transfer-Encoding: chunked"])
def test_a_network_has_its_share_of_smaller_bodies_too(serve, lines, announced):
    few = serve(workers=1, more=FEW)
    for _ in range(3):
        lines.enter_context(few.begin(*FORM[:2], announced, "", "", source="127.0.1.5"))
    came = sends_form(few, "127.0.1.6")
    assert came.startswith(b"HTTP/1.1 503")
    assert '<html lang="km">' in came.decode()
    assert sends_form(few, "127.0.2.5").startswith(b"HTTP/1.1 200")
    # A body that stays in memory needs no place.
    with few.begin(*FORM[:2], "Connection: close", "Content-Length: 4", "", "four") as line:
        assert answer(line).startswith(b"HTTP/1.1 200")


def test_networks_with_many_smaller_bodies_make_room(serve, lines):
    few = serve(workers=1, more=FEW)
    for source in ("127.0.1.5", "127.0.1.5", "127.0.1.5", "127.0.2.5", "127.0.2.5"):
        lines.enter_context(few.begin(*FORM, "", "x", source=source))
    assert sends_form(few, "127.0.3.5").startswith(b"HTTP/1.1 200")


def test_bodies_that_do_not_end_are_not_held_in_memory(one, lines):
    (process,) = psutil.Process(one.process.pid).children()
    before, files = process.memory_info().rss, process.num_fds()
    for number in range(60):
        source = f"127.0.{number}.5"
        lines.enter_context(one.begin(*FORM, "", "x" * 500_000, source=source))
    wait_for(lambda: process.num_fds() > files + 110, 10)  # a connection and a file each
    assert process.memory_info().rss - before < 10_000_000

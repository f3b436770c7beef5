"""The web server with an application that only reports what it received: slow, greedy and many clients."""

import http.client
import json
import os
import select
import signal
import time
from contextlib import ExitStack

import psutil
import pytest

from dsp_platform.webserver.requests import HEAD_SECONDS, SMALL_BODY, Request
from tests.stack import connections_to, wait_for, wait_until_read
from tests.webserver.conftest import DOCUMENTS, SIGNED_IN

HALF_A_HEAD = ("GET / HTTP/1.1", "Host: here", "X-Half: ")
HALF_A_BODY = ("POST / HTTP/1.1", "Host: here", "Content-Length: 400000", "", "half")


@pytest.mark.parametrize("half", [HALF_A_HEAD, HALF_A_BODY, ("",)], ids=["head", "body", "nothing"])
def test_hundreds_who_send_half_a_request_keep_nobody_waiting(server, half):
    with ExitStack() as lines:
        for visitor in range(300):
            # Of four networks: one process may accept all of them, and has 200 slots for bodies of a network.
            lines.enter_context(server.begin(*half, source=f"127.0.{visitor % 4}.1"))
        for _question in range(5):
            assert server.answers()
        assert len(connections_to(server.port)) >= 300  # nobody was answered because others were closed


def test_a_head_that_does_not_come_to_its_end_is_hung_up_on(server):
    with server.begin(*HALF_A_HEAD) as line:

        def is_closed() -> bool:
            if select.select([line], [], [], 0)[0]:
                return True
            line.sendall(b"x")  # a byte now and then does not keep the connection open
            return False

        wait_for(is_closed, HEAD_SECONDS + 8)
        assert line.recv(100) == b""


def test_a_body_must_come_at_some_pace():
    request = Request(None)
    request.headers_finished, request.body_bytes_received = True, 50_000
    for passed, late in ((100, False), (120, True)):
        request.begun = time.monotonic() - passed
        assert request.is_late() is late


def test_a_visitor_who_does_not_read_the_answer_occupies_no_thread(server):
    with ExitStack() as lines:
        begun = [
            lines.enter_context(server.begin("GET /large/ HTTP/1.1", "Host: here", "", ""))
            for _visitor in range(20)
        ]
        wait_for(lambda: len(select.select(begun, [], [], 0)[0]) == 20)
        assert server.answers()


def test_large_bodies_come_in_where_documents_are_sent_and_nowhere_else(server):
    large = b"x" * 2_000_000
    assert json.loads(server.ask(DOCUMENTS, large, Cookie=SIGNED_IN).read())["read"] == len(large)
    post = ("POST /km/sign-in/ HTTP/1.1", "Host: here")
    with server.begin(*post, f"Content-Length: {len(large)}", "", "x") as line:
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    with server.begin(*post, "Transfer-Encoding: chunked", "", f"{len(large):x}", "") as line:
        line.sendall(large[:SMALL_BODY])
        assert line.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    ("page", "next_answer"),
    [("/", b"HTTP/1.1 200"), ("/large/", b"HTTP/1.1 200"), ("/stream/", b""), ("/file/", b"")],
)
def test_behind_the_head_of_a_page_comes_the_next_answer(server, page, next_answer):
    """On a connection that a proxy shares, a body would be read as the answer to the next client.

    After an answer of unknown length the connection is closed.
    """
    both = (f"HEAD {page} HTTP/1.1", "Host: here", "", "GET / HTTP/1.1", "Host: here", "Connection: close")
    with server.begin(*both, "", "") as line:
        said = b"".join(iter(lambda: line.recv(65536), b""))
    assert said.startswith(b"HTTP/1.1 200")
    assert said.partition(b"\r\n\r\n")[2][: len(b"HTTP/1.1 200")] == next_answer


def test_empty_lines_before_a_request_are_nothing(server):
    with server.begin("", "", "GET / HTTP/1.1", "Host: here", "Connection: close", "", "") as line:
        assert line.recv(100).startswith(b"HTTP/1.1 200")
    with server.begin("", "", "") as line:
        wait_until_read(server.port, 1)
        line.sendall(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 200")


def test_what_a_proxy_says_reaches_the_application_and_nothing_that_only_looks_like_it(server):
    echo = json.loads(server.ask(X_Forwarded_Proto="https", X_Forwarded_For="203.0.113.7").read())
    assert echo["HTTP_X_FORWARDED_PROTO"] == "https"
    assert echo["HTTP_X_FORWARDED_FOR"] == "203.0.113.7"
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    line.request("GET", "/", headers={"X_Forwarded_Proto": "https"})
    answer = line.getresponse()
    assert "HTTP_X_FORWARDED_PROTO" not in json.loads(answer.read())
    assert "waitress" not in str(answer.headers)


def test_who_asks_before_sending_is_told_to_go_on(server):
    with server.begin(
        f"POST {DOCUMENTS} HTTP/1.1", "Host: here", "Content-Length: 4", "Expect: 100-continue", "", ""
    ) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        line.sendall(b"four")
        assert line.recv(100).startswith(b"HTTP/1.1 200")


def test_what_is_being_answered_is_answered_before_it_stops(server):
    with (
        server.begin("GET /slow/ HTTP/1.1", "Host: here", "Connection: close", "", "") as line,
        server.begin(*HALF_A_HEAD),
    ):
        wait_until_read(server.port, 2)
        server.process.terminate()
        assert line.recv(100).startswith(b"HTTP/1.1 200")
        assert server.process.wait(20) == 0


def test_an_answer_on_its_way_arrives_whole_when_it_stops(server):
    with server.begin("GET /large/ HTTP/1.1", "Host: here", "Connection: close", "", "") as line:
        came = len(line.recv(100))
        server.process.terminate()
        wait_for(lambda: not server.answers())
        while more := len(line.recv(65536)):
            came += more
        assert came > 8_000_000
        assert server.process.wait(20) == 0


def test_a_process_that_dies_is_started_anew(server):
    def processes() -> set[int]:
        return {child.pid for child in psutil.Process(server.process.pid).children()}

    before = processes()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(processes() - before) == 2 and server.answers())


def test_the_application_is_told_when_a_request_began(server):
    """By the web server alone: it trusts no header for it."""
    began = time.time()
    lines = ("POST / HTTP/1.1", "Host: here", "Content-Length: 4", "Connection: close")
    with server.begin(*lines, "dspp.request_began: 5.0", "", "fo") as line:
        time.sleep(2)
        line.sendall(b"ur")
        echo = json.loads(line.makefile("rb").read().partition(b"\r\n\r\n")[2])
    assert abs(echo["began"] - began) < 1


def test_a_length_of_thousands_of_digits_is_answered(server):
    post = ("POST / HTTP/1.1", "Host: here", f"Content-Length: {'9' * 5_000}", "", "")
    with server.begin(*post) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 400")

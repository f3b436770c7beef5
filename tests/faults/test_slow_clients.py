"""Clients that send half of the announced body, to a page that reads it: others are answered as before."""

import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from dsp_platform.uploads.models import Upload
from tests.faults.test_upload_killed import body, ready, send
from tests.stack import Browser, Web, wait_until_read

VISITORS = 64


@pytest.fixture
def web(started, tmp_path: Path, settings) -> Web:
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")
    return started(Web(tmp_path / "web.log", UPLOADS_FOLDER=settings.UPLOADS_FOLDER))


def test_half_sent_forms_keep_nobody_waiting(web):
    browser = Browser(web)
    assert browser.get("/km/sign-in/").status_code == 200
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    head = (
        "POST /km/sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Cookie: {cookies}\r\nContent-Length: 400000\r\n\r\nphone="
    )
    with ExitStack() as lines:
        for text in (head, head[:60]) * (VISITORS // 2):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", web.port), timeout=10))
            line.sendall(text.encode())
        wait_until_read(web.port, VISITORS)
        for _question in range(3):
            answer = browser.get("/km/sign-in/")
            assert answer.status_code == 200
            assert answer.seconds < 15  # on a machine that is busy with other tests


@pytest.mark.parametrize("cookie", ["", "Cookie: session=of-nobody\r\n"], ids=["anonymous", "any cookie"])
def test_who_sends_large_files_and_does_not_end_keeps_no_photo_out(web, cookie):
    browser, path = ready(web)
    photo = body(browser, b"\0" * 1_200_000)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}Content-Length: 9000000\r\n\r\nx"
    with ExitStack() as lines:
        for number in range(VISITORS):
            line = lines.enter_context(
                socket.create_connection(
                    ("127.0.0.1", web.port), timeout=10, source_address=(f"127.0.{1 + number % 4}.5", 0)
                )
            )
            line.sendall(head.encode())
        assert send(browser, path, photo) == 302
    assert Upload.objects.get().state == Upload.State.READING

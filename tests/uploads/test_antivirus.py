"""A fake clamd on loopback that implements INSTREAM only."""

import socket
import struct
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from dsp_platform.audit.models import AuditEvent
from dsp_platform.uploads.antivirus import ScannerDown, address, is_infected
from dsp_platform.uploads.checks import scanner_is_named_well
from dsp_platform.uploads.models import Upload
from dsp_platform.uploads.selectors import refusal_of
from tests.uploads.conftest import jpeg, worker_reads

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(threading.Thread):
    """Reads one stream strictly: command, chunks, a zero; ``answer`` overrides the verdict."""

    def __init__(self, listener: socket.socket, answer: bytes | None = None) -> None:
        super().__init__(daemon=True)
        self.listener, self.answer, self.seen = listener, answer, b""

    def run(self) -> None:
        line, _who = self.listener.accept()
        with line, line.makefile("rb") as said:
            assert said.read(10) == b"zINSTREAM\0"
            while length := struct.unpack("!L", said.read(4))[0]:
                piece = said.read(length)
                assert len(piece) == length
                self.seen += piece
            honest = b"stream: Eicar-Signature FOUND\0" if EICAR in self.seen else b"stream: OK\0"
            line.sendall(honest if self.answer is None else self.answer)


@pytest.fixture
def clamd(settings):
    """``clamd(answer=None)`` starts the fake and configures the settings for it."""
    listener = socket.create_server(("127.0.0.1", 0))
    settings.ANTIVIRUS_URL = f"clamd://127.0.0.1:{listener.getsockname()[1]}"

    def start(answer: bytes | None = None) -> Clamd:
        scanner = Clamd(listener, answer)
        scanner.start()
        return scanner

    yield start
    listener.close()


def test_the_whole_file_is_shown_to_the_scanner(clamd):
    scanner = clamd()
    content = bytes(range(256)) * 1000
    assert not is_infected(content)
    assert scanner.seen == content


def test_an_infected_file_is_refused_and_noted_without_a_name(clamd, send, sokha):
    clamd()
    upload = send(jpeg() + EICAR)
    assert (upload.state, upload.reason, upload.pages.count()) == (Upload.State.REFUSED, "infected", 0)
    assert "a.jpg" in refusal_of(upload)
    noted = AuditEvent.objects.get(action="infected_upload")
    assert (noted.actor, noted.details) == (sokha, {})


def test_a_clean_file_is_kept(clamd, send):
    clamd()
    assert send().state == Upload.State.READ


@pytest.mark.parametrize(
    "answer", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: maybe\0", b"OK\0"]
)
def test_no_clear_yes_is_a_no(clamd, answer):
    clamd(answer)
    with pytest.raises(ScannerDown):
        is_infected(b"anything")


def test_a_scanner_that_is_down_keeps_files_waiting_and_lets_none_through(send, settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.ANTIVIRUS_URL = f"clamd://127.0.0.1:{port}"
    upload = send()
    assert (upload.state, upload.pages.count(), upload.attempts) == (Upload.State.READING, 0, 0)
    assert worker_reads() == 0  # not at once again
    Upload.objects.update(not_before=None, created_at=timezone.now() - timedelta(days=2))
    assert worker_reads() == 1  # nor forever
    upload.refresh_from_db()
    assert upload.state == Upload.State.REFUSED


def test_over_a_socket_in_the_file_system(settings, tmp_path):
    path = tmp_path / "s"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    Clamd(listener).start()
    settings.ANTIVIRUS_URL = f"clamd://{path}"
    assert is_infected(EICAR)
    listener.close()


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:3310", "clamd://", "clamd://host/path", "3310", "clamd://h:x"]
)
def test_a_bad_address_fails_a_check(settings, url):
    settings.ANTIVIRUS_URL = url
    assert [found.id for found in scanner_is_named_well(None)] == ["dspp.E032"]
    with pytest.raises(ValueError):
        address(url)

"""Web server and worker are killed with -9 while a photo is stored and read: no row without its picture."""

import http.client
import os
import threading
import time
from pathlib import Path

import psycopg
import pytest
from django.utils import timezone

from applications.documents import DRAFT, draft_key
from dsp_platform.uploads import reading, services, store
from dsp_platform.uploads.models import Page, Upload
from registry.models import Person, Programme
from tests.faults.conftest import told
from tests.stack import Browser, Web, celery, celery_worker, database_url, wait_for
from tests.uploads.conftest import jpeg

EDGE = "of-a-test"


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture
def web(started, tmp_path: Path, folder: Path) -> Web:
    return started(Web(tmp_path / "web.log", UPLOADS_FOLDER=str(folder)))


def body(browser: Browser, more: bytes = b"") -> bytes:
    def part(name: str, value: bytes, more: str = "") -> bytes:
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
        return head.encode() + value + b"\r\n"

    hidden = b"".join(part(name, value.encode()) for name, value in browser.hidden().items())
    photo = part("files", jpeg() + more, '; filename="a.jpg"\r\nContent-Type: image/jpeg')
    words = hidden + part("document", b"other") + part("other", b"Card")
    return words + photo + f"--{EDGE}--\r\n".encode()


def send(browser: Browser, path: str, content: bytes, missing: int = 0) -> object:
    """The status of the answer, or how the connection broke. ``missing``: that many bytes are never sent."""
    line = http.client.HTTPConnection("127.0.0.1", browser.web.port, timeout=30)
    try:
        line.putrequest("POST", path)
        line.putheader("Content-Type", f"multipart/form-data; boundary={EDGE}")
        line.putheader("Content-Length", str(len(content)))
        line.putheader("Cookie", "; ".join(f"{name}={value}" for name, value in browser.cookies.items()))
        line.endheaders(content[: len(content) - missing])
        return None if missing else line.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return error
    finally:
        line.close()


def ready(web: Web) -> tuple[Browser, str]:
    """Somebody on the page where documents are sent, and its URL."""
    family = told(web)
    assert family.confirm().url == "/km/registered/"
    person = Person.objects.get(memberships__relationship="head")
    key = draft_key(person, Programme.objects.get(code="family-package"))
    path = f"/km/documents/{DRAFT}/{key}/"
    assert family.client.get(path).status_code == 200
    return family.client, path


def test_between_the_file_and_the_commit(web, folder):
    browser, path = ready(web)
    content = body(browser)

    send(browser, path, content, missing=200)  # the connection breaks in the middle of the photo
    assert not Upload.objects.exists()

    with psycopg.connect(database_url()) as holder:
        holder.execute("LOCK TABLE uploads_upload IN SHARE MODE")
        came: list[object] = []
        thread = threading.Thread(target=lambda: came.append(send(browser, path, content)))
        thread.start()
        wait_for(
            lambda: holder.execute(
                "SELECT 1 FROM pg_locks WHERE relation = 'uploads_upload'::regclass AND NOT granted"
            ).fetchone()
        )
        web.kill()
        thread.join(10)
    assert isinstance(came[0], OSError | http.client.HTTPException)
    with psycopg.connect(database_url(), autocommit=True) as looker:
        waiting = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%%INTO \"uploads_upload\"%%'"
        wait_for(lambda: not looker.execute(waiting + " AND pid <> pg_backend_pid()").fetchone())
    assert not Upload.objects.exists()
    assert len(list(folder.glob("??/*"))) == 1  # an orphaned file, encrypted

    web.start()
    assert [send(browser, path, content) for _press in range(2)] == [302, 302]
    assert Upload.objects.get().state == Upload.State.READING
    long_ago = time.time() - 2 * 24 * 3600
    for file in folder.glob("??/*"):
        os.utime(file, (long_ago, long_ago))
    assert services.sweep() == 1
    reading.read_next()
    assert store.is_there(Page.objects.get().file)


def test_in_the_middle_of_reading(started, web, folder, tmp_path):
    """The worker that read it is killed with its message; the lease expires, and the sweep retries."""
    browser, path = ready(web)
    with psycopg.connect(database_url()) as holder:
        holder.execute("LOCK TABLE uploads_page IN SHARE MODE")
        worker = started(celery_worker(tmp_path / "worker.log", UPLOADS_FOLDER=str(folder)))
        assert send(browser, path, body(browser)) == 302
        wait_for(
            lambda: holder.execute(
                "SELECT 1 FROM pg_locks WHERE relation = 'uploads_page'::regclass AND NOT granted"
            ).fetchone()
        )
        worker.kill()
    with psycopg.connect(database_url(), autocommit=True) as looker:
        waiting = "SELECT 1 FROM pg_stat_activity WHERE query LIKE '%%INTO \"uploads_page\"%%'"
        wait_for(lambda: not looker.execute(waiting + " AND pid <> pg_backend_pid()").fetchone())
    assert not Page.objects.exists()
    upload = Upload.objects.get()
    assert (upload.state, upload.attempts) == (Upload.State.READING, 1)
    assert upload.leased_until > timezone.now()

    Upload.objects.update(leased_until=timezone.now())
    worker.start()
    started(celery(tmp_path / "beat.log", "beat", "--pidfile=", "--schedule", str(tmp_path / "beat")))
    wait_for(lambda: Upload.objects.get().state == Upload.State.READ)
    assert store.is_there(Page.objects.get().file)
    assert not list(folder.glob("??/*.original"))

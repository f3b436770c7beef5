"""Sokha may apply to a programme of NSSF; files are stored in a folder of the test."""

import io

import pypdfium2
import pytest
from django.test import TestCase
from PIL import Image

from applications.documents import DRAFT, draft_key
from dsp_platform.uploads import reading
from dsp_platform.uploads import services as uploads
from tests.applications.conftest import *  # noqa: F403


@pytest.fixture(autouse=True)
def uploads_folder(settings, tmp_path):
    settings.UPLOADS_FOLDER = str(tmp_path / "uploads")
    return tmp_path / "uploads"


def jpeg(width=400, height=300, colour="navy", **extra) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", **extra)
    return out.getvalue()


def png(width=400, height=300, mode="RGB", colour=0) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height), colour).save(out, "PNG")
    return out.getvalue()


def pdf(pages=2) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _page in range(pages):
        document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def worker_reads() -> int:
    """Read all pending files, as a worker does. Returns how many."""
    files = 0
    with TestCase.captureOnCommitCallbacks(execute=True):
        while reading.read_next():
            files += 1
    return files


@pytest.fixture
def draft(person, programme, nssf_agreements):
    return draft_key(person, programme)


@pytest.fixture
def send(sokha, draft):
    """``send(content)``: by Sokha, as her identity card, for the application she prepares; then read by a
    worker.
    """

    def add(
        content=None, *, actor=sokha,
        assisted_session=None, kind=DRAFT, key=draft, title="Identity card", name="a.jpg",
        read=True,
    ):  # fmt: skip
        content = jpeg() if content is None else content
        upload = uploads.add(
            actor=actor,
            assisted_session=assisted_session,
            kind=kind,
            key=key,
            title=title,
            name=name,
            content=content,
        )
        if read:
            worker_reads()
            upload.refresh_from_db()
        return upload

    return add

"""Which files are voice recordings: by what is in them, never by their name."""

import pytest

from dsp_platform.uploads.recordings import EXTENSIONS, recording_of
from tests.uploads.conftest import jpeg, pdf
from tests.uploads.recordings import RECORDINGS, m4a, webm


@pytest.mark.parametrize(("media", "content"), RECORDINGS.items())
def test_what_phones_record(media, content):
    assert recording_of(content) == media
    assert media in EXTENSIONS


@pytest.mark.parametrize("brand", [b"mp42", b"isom", b"iso5", b"qt  ", b"M4A "])
def test_what_else_they_call_it(brand):
    assert recording_of(m4a(brand)) == "audio/mp4"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"ID3",
        b"#!AMR",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"OggS" + b"\0" * 60,
        b"\x1aE\xdf\xa3" + b"\0" * 60,
        b"<script>alert(1)</script>",
        b"MZ\x90\0",
        jpeg(),
        pdf(1),
        m4a()[:-10],  # its end is missing
        m4a()[:-400],
        m4a(b"heic"),
        webm()[:20],
        b"\0\0\0\0ftypM4A " + b"\0" * 60,
    ],
)
def test_other_files(content):
    assert recording_of(content) == ""

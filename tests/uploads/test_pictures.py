"""Hostile and honest files: what comes out is a plain JPEG, or a refusal that names the file."""

import io
import struct
import zlib

import pytest
from PIL import Image

from dsp_platform.uploads import errors, pictures
from dsp_platform.uploads.pictures import pictures_of
from tests.uploads.conftest import jpeg, pdf, png


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


def test_a_photo_loses_everything_but_its_points():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "sokha at home"
    exif.get_ifd(0x8825)[2] = (11.0, 33.0, 0.0)
    content = jpeg(400, 300, exif=exif, comment=b"secret words", icc_profile=b"x" * 100)
    assert b"secret words" in content
    [one] = pictures_of(content, "a.jpg")
    assert (one.width, one.height) == (300, 400)  # stands upright
    for kept in (one.picture, one.small):
        image = opened(kept)
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"sokha" not in kept


def test_a_large_photo_is_made_smaller():
    [one] = pictures_of(jpeg(4000, 3000), "a.jpg")
    assert (one.width, one.height) == (2000, 1500)
    assert max(opened(one.small).size) == 240


@pytest.mark.parametrize(
    ("mode", "colour"), [("RGBA", 0), ("P", 0), ("L", 128), ("1", 1), ("I;16", 40000), ("LA", 0)]
)
def test_every_kind_of_png(mode, colour):
    [one] = pictures_of(png(mode=mode, colour=colour), "a.png")
    assert opened(one.picture).mode in ("RGB", "L")


def test_what_is_transparent_lies_on_white_paper():
    [one] = pictures_of(png(mode="RGBA", colour=(0, 0, 0, 0)), "a.png")
    assert opened(one.picture).getpixel((5, 5)) == (255, 255, 255)


def test_a_cmyk_photo_is_read():
    out = io.BytesIO()
    Image.new("CMYK", (50, 50)).save(out, "JPEG")
    assert len(pictures_of(out.getvalue(), "a.jpg")) == 1


def test_each_page_of_a_pdf_is_a_picture():
    pages = pictures_of(pdf(3), "a.pdf")
    assert [max(page.width, page.height) for page in pages] == [2000] * 3


def test_a_pdf_with_a_page_too_many(settings):
    with pytest.raises(errors.TooManyPages, match=r"a\.pdf"):
        pictures_of(pdf(settings.UPLOAD_PAGES + 1), "a.pdf")


def bomb(side=40_000) -> bytes:
    """A PNG of a few kilobytes that says it is 1.6 billion points large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!L", len(data)) + name + data + struct.pack("!L", zlib.crc32(name + data))

    head = struct.pack("!LLBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 4_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_decompression_bomb_is_not_unpacked():
    with pytest.raises(errors.TooManyPixels):
        pictures_of(bomb(), "bomb.png")


LOCKED_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
3 0 obj<</Filter/Standard/V 1/R 2/P -4
/O(12345678901234567890123456789012)/U(12345678901234567890123456789012)>>endobj
trailer<</Root 1 0 R/Encrypt 3 0 R/ID[(a)(a)]>>
%%EOF"""


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"MZ\x90 this is a program", errors.NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", errors.NotAPicture),
        (b"<html>", errors.NotAPicture),
        (b"GIF89a" + b"\0" * 50, errors.NotAPicture),
        (b"\xff\xd8\xff", errors.Damaged),
        (jpeg(800, 600)[:2000], errors.Damaged),
        (b"\xff\xd8\xff" + b"junk" * 1000, errors.Damaged),
        (png()[:60], errors.Damaged),
        (b"%PDF-1.7\n" + b"junk" * 100, errors.Damaged),
        (LOCKED_PDF, errors.Locked),
    ],
)
def test_what_is_no_picture_is_refused_by_name(content, error):
    with pytest.raises(error, match=r"odd\.jpg"):
        pictures_of(content, "odd.jpg")


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",  # hangs
        "import os; os.abort()",  # crashes
        "x = bytearray(10**12)",  # wants all the memory there is
        "",  # says nothing
    ],
)
def test_a_decoder_that_hangs_or_dies_harms_only_its_file(program, tmp_path, monkeypatch):
    bad = tmp_path / "bad.py"
    bad.write_text(program)
    monkeypatch.setattr(pictures, "PROGRAM", bad)
    monkeypatch.setattr(pictures, "SECONDS", 1)
    with pytest.raises(errors.Damaged):
        pictures_of(jpeg(), "a.jpg")


def test_the_decoder_holds_no_key(tmp_path, monkeypatch):
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import os, json; print(json.dumps({'refused': 'locked' if 'SECRET_KEY' in os.environ else 'kind'}))"
    )
    monkeypatch.setattr(pictures, "PROGRAM", spy)
    monkeypatch.setenv("SECRET_KEY", "of the site")
    with pytest.raises(errors.NotAPicture):
        pictures_of(jpeg(), "a.jpg")


def test_a_crowd_waits_and_is_told_to_come_back(monkeypatch):
    monkeypatch.setattr(pictures, "SECONDS", 0.1)
    taken = [pictures._turns.acquire() for _ in range(2)]
    try:
        with pytest.raises(errors.NotNow):
            pictures_of(jpeg(), "a.jpg")
    finally:
        for _ in taken:
            pictures._turns.release()

"""Hostile and honest files: the result is a plain JPEG, or a refusal that names the file."""

import io
import struct
import zlib

import pytest
from PIL import Image

from dsp_platform.uploads import pictures
from dsp_platform.uploads.pictures import Picture, Unreadable, pictures_of
from tests.uploads.conftest import jpeg, pdf, png
from tests.uploads.corpus import app1
from tests.uploads.recordings import RECORDINGS, WITH_PLACE, m4a, track


def drawn(content: bytes) -> list[Picture]:
    return pictures_of(content)[0]


def refused(reason: str):
    return pytest.raises(Unreadable, match=f"^{reason}$")


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


def test_a_photo_loses_everything_but_its_points():
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "sokha at home"
    exif.get_ifd(0x8825)[2] = (11.0, 33.0, 0.0)
    content = jpeg(400, 300, exif=exif, comment=b"secret words", icc_profile=b"x" * 100)
    assert b"secret words" in content
    [one] = drawn(content)
    assert (one.width, one.height) == (300, 400)  # stands upright
    for kept in (one.picture, one.small):
        image = opened(kept)
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"sokha" not in kept


def test_a_large_photo_is_made_smaller():
    [one] = drawn(jpeg(4000, 3000))
    assert (one.width, one.height) == (2000, 1500)
    assert max(opened(one.small).size) == 240


@pytest.mark.parametrize(
    ("mode", "colour"), [("RGBA", 0), ("P", 0), ("L", 128), ("1", 1), ("I;16", 40000), ("LA", 0)]
)
def test_every_kind_of_png(mode, colour):
    [one] = drawn(png(mode=mode, colour=colour))
    assert opened(one.picture).mode in ("RGB", "L")


def test_what_is_transparent_lies_on_white_paper():
    [one] = drawn(png(mode="RGBA", colour=(0, 0, 0, 0)))
    assert opened(one.picture).getpixel((5, 5)) == (255, 255, 255)


def test_a_cmyk_photo_is_read():
    out = io.BytesIO()
    Image.new("CMYK", (50, 50)).save(out, "JPEG")
    assert len(drawn(out.getvalue())) == 1


def test_each_page_of_a_pdf_is_a_picture():
    pages = drawn(pdf(3))
    assert [max(page.width, page.height) for page in pages] == [2000] * 3


def test_a_pdf_with_a_page_too_many(settings):
    with refused("pages"):
        drawn(pdf(settings.UPLOAD_PAGES + 1))


def bomb(side=40_000) -> bytes:
    """A PNG of a few kilobytes that claims 1.6 billion pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack("!L", len(data)) + name + data + struct.pack("!L", zlib.crc32(name + data))

    head = struct.pack("!LLBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 4_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_decompression_bomb_is_not_unpacked():
    with refused("pixels"):
        drawn(bomb())


LOCKED_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
3 0 obj<</Filter/Standard/V 1/R 2/P -4
/O(12345678901234567890123456789012)/U(12345678901234567890123456789012)>>endobj
trailer<</Root 1 0 R/Encrypt 3 0 R/ID[(a)(a)]>>
%%EOF"""


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"MZ\x90 this is a program", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "kind"),
        (b"<html>", "kind"),
        (b"GIF89a" + b"\0" * 50, "kind"),
        (b"\xff\xd8\xff", "damaged"),
        (jpeg(800, 600)[:2000], "cut"),
        (b"\xff\xd8\xff" + b"junk" * 1000, "damaged"),
        (png()[:60], "cut"),
        (b"%PDF-1.7\n" + b"junk" * 100, "damaged"),
        (LOCKED_PDF, "locked"),
    ],
)
def test_what_is_no_picture_is_refused(content, reason):
    with refused(reason):
        drawn(content)


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",  # hangs
        "import os; os.abort()",  # crashes
        "x = bytearray(10**12)",  # allocates all memory
        "",  # returns nothing
    ],
)
def test_a_decoder_that_hangs_or_dies_harms_only_its_file(program, tmp_path, monkeypatch):
    bad = tmp_path / "bad.py"
    bad.write_text(program)
    monkeypatch.setattr(pictures, "PROGRAM", bad)
    monkeypatch.setattr(pictures, "SECONDS", 1)
    with refused("damaged"):
        drawn(jpeg())


def test_the_decoder_holds_no_key(tmp_path, monkeypatch):
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import os, json; reason = 'locked' if 'SECRET_KEY' in os.environ else 'kind';"
        "print(json.dumps({'refused': reason, 'seconds': 0}))"
    )
    monkeypatch.setattr(pictures, "PROGRAM", spy)
    monkeypatch.setenv("SECRET_KEY", "of the site")
    with refused("kind"):
        drawn(jpeg())


SIDEWAYS = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        struct.pack(">HHII", 0x011A, 10, 1, 38),  # resolution of -1/0
        struct.pack(">HHIf", 0x0100, 11, 1, 1.5),  # a width that is no whole number
        struct.pack(">HHII", 0x8769, 4, 1, 0xFFFFFFF0),  # more metadata beyond the end
    ],
)
def test_a_photo_is_turned_by_its_tag_alone_and_no_other_tag_refuses_it(wrong):
    entries = b"".join(sorted([SIDEWAYS, wrong]))
    plain = jpeg(400, 300)
    [one] = drawn(plain[:2] + app1(entries, 2, struct.pack(">ii", -1, 0)) + plain[2:])
    assert (one.width, one.height) == (300, 400)


def test_a_photo_in_webp_is_read():
    out = io.BytesIO()
    Image.new("RGB", (50, 40)).save(out, "WEBP")
    [one] = drawn(out.getvalue())
    assert (one.width, one.height) == (50, 40)
    with refused("cut"):
        drawn(out.getvalue()[:30])


def hostile_pdf(marks=60_000) -> bytes:
    """A small file that draws the same large gradient again and again, on every page."""
    shading = b"1 0 0 1 0 0 cm /S sh\n" * marks
    packed = zlib.compress(shading, 9)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[" + b"3 0 R " * 10 + b"]/Count 10>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 800 800]/Contents 4 0 R/Resources<</Shading<</S 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(packed) + packed + b"\nendstream",
        b"<</ShadingType 3/ColorSpace/DeviceRGB/Coords[400 400 0 400 400 400]/Extend[true true]"
        b"/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>>>",
    ]
    body, starts = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        starts.append(len(body))
        body += b"%d 0 obj" % number + part + b"endobj\n"
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in starts)
    return body + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)


def test_a_pdf_that_would_draw_for_hours_costs_its_limit_and_no_more(tmp_path, monkeypatch):
    short = tmp_path / "short.py"
    short.write_text(pictures.PROGRAM.read_text().replace("SECONDS = 15\n", "SECONDS = 2\n"))
    monkeypatch.setattr(pictures, "PROGRAM", short)
    content = hostile_pdf()
    assert len(content) < 100_000
    with refused("damaged") as found:
        pictures_of(content)
    assert found.value.seconds == pictures.WHOLE_TIME


@pytest.mark.parametrize(("media", "content"), WITH_PLACE.items())
def test_a_recording_is_one_page_of_sound(media, content):
    [one], seconds = pictures_of(content, media)
    assert (one.width, one.height, one.small) == (0, 0, b"")
    assert b"Sok Dara" not in one.picture
    assert len(one.picture) >= len(RECORDINGS[media]) > 0
    assert seconds > 0


def test_a_film_is_refused_as_a_recording():
    with refused("recording") as refusal:
        pictures_of(m4a(tracks=track() + track(b"vide")), "audio/mp4")
    assert refusal.value.seconds > 0

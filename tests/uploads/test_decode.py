"""Files of real phones: each is turned upright, or refused for a reason whose words say what to do.

Most are decoded in this process, which takes no time; what could harm it goes through the limited one.
"""

import random
import struct
import zlib

import pytest
from django.utils import translation
from PIL import Image

from dsp_platform.uploads import decode, errors, kinds
from dsp_platform.uploads.pictures import WHOLE_TIME, Unreadable, pictures_of
from tests.uploads import corpus
from tests.uploads.conftest import jpeg

PIXELS, PAGES, SIDE = 64_000_000, 10, 2000
MIDDLES = ((24, 16), (72, 16), (24, 48), (72, 48))
REMEDIES = {
    "cut": ("Send it again", "ផ្ញើម្តងទៀត"),
    "damaged": ("Take the photo again", "ថតរូប"),
    "phone": ("Most Compatible", "Most Compatible"),
    "pixels": ("million points at most", "លាន"),
    "kind": ("Choose a photo", "ជ្រើសរើសរូបថត"),
}


def read(content: bytes) -> Image.Image | str:
    """The picture as it is stored, or the reason why it is refused."""
    kind = kinds.kind_of(content)
    if kind is None:
        return "kind"
    try:
        [image] = decode.pictures(kind, content, PIXELS, PAGES, SIDE)
    except decode.CannotDecode as refusal:
        return str(refusal)
    except decode.UNREADABLE:
        return "damaged"
    return image


def is_upright(image: Image.Image | str, *, grey: bool = False) -> bool:
    """The four colours, or as many greys, are where they were seen."""
    if isinstance(image, str) or image.size != (corpus.WIDTH, corpus.HEIGHT):
        return False
    seen = [image.convert("RGB").getpixel(point) for point in MIDDLES]
    meant = corpus.subject().convert("L" if grey else "RGB").convert("RGB")
    return all(
        abs(one - other) < 30
        for is_, expected in zip(seen, map(meant.getpixel, MIDDLES), strict=True)
        for one, other in zip(is_, expected, strict=True)
    )


def test_every_file_of_a_phone_is_turned_upright_whatever_its_colours():
    files = {name: content for name, content in corpus.every_file() if ", 1, " not in name}
    greys = {name for name in files if name.split(", ")[1] in ("L", "LA", "I;16")}
    wrong = [name for name, content in files.items() if not is_upright(read(content), grey=name in greys)]
    assert wrong == []
    assert [name for name, content in files.items() if kinds.kind_of(content) is None] == []


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_scan_of_one_bit_is_turned_upright(orientation):
    image = read(corpus.file("png", orientation, "1")).convert("L")
    assert [image.getpixel(point) for point in MIDDLES] == [0, 0, 0, 255]


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack("!L", len(data)) + name + data + struct.pack("!L", zlib.crc32(name + data))


def test_a_png_of_sixteen_bits_a_colour_is_read():
    head = chunk(b"IHDR", struct.pack("!LLBBBBB", 8, 8, 16, 2, 0, 0, 0))
    row = b"\0" + struct.pack("!HHH", 0xFFFF, 0x8000, 0) * 8
    content = kinds.PNG + head + chunk(b"IDAT", zlib.compress(row * 8)) + chunk(b"IEND", b"")
    assert read(content).getpixel((4, 4)) == (255, 128, 0)


@pytest.mark.parametrize("name", corpus.FORMATS)
def test_a_file_that_lost_its_end_is_never_half_a_picture(name):
    whole = corpus.large(name)
    assert read(whole).size == (192, 160)
    for part in (10, 30, 60, 80):
        there = whole[: len(whole) * part // 100]
        with_zeros = there + b"\0" * (len(whole) - len(there))
        closed = there + b"\xff\xd9"  # the end of a JPEG, as a tool of repair writes it
        assert read(there) == "cut"
        assert read(with_zeros) in ("cut", "damaged", "phone")
        if name != "progressive jpeg":  # coarse, but whole
            assert read(closed) == "cut"


def test_a_sheet_of_the_grey_that_stands_for_what_is_missing_is_a_picture():
    assert read(jpeg(40, 30, (128, 128, 128))).size == (40, 30)


@pytest.mark.parametrize("name", corpus.FORMATS)
def test_what_phones_add_behind_a_picture_is_no_part_of_it(name):
    whole = corpus.file(name, 6)
    for added in (b"\0" * 5000, b"SEFH\x6a\0\0\0" * 40, corpus.file("png"), whole, b"\0\0\0\x18ftypmp42" * 9):
        assert is_upright(read(whole + added))


def test_no_other_tag_and_no_damage_in_the_metadata_keeps_a_photo_from_being_turned():
    """Beside the orientation stands whatever chance makes: any tag, type, number and place."""
    chance = random.Random(11)
    plain = corpus.file("jpeg")[:2] + b"".join([corpus.app1(b"", 0)]) + corpus.file("jpeg")[2:]
    assert is_upright(read(plain))
    lying = corpus.FORMATS["jpeg"][0](corpus.subject().transpose(corpus.LIES_AS[6]), b"")
    sideways = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)
    for _time in range(300):
        others = [
            struct.pack(
                ">HHI",
                chance.choice((0x0100, 0x011A, 0x8769, 0x8825, 0x0201, chance.randrange(65536))),
                chance.randrange(14),
                chance.choice((0, 1, 2, 0xFFFFFFFF)),
            )
            + chance.randbytes(4)
            for _other in range(chance.randrange(6))
        ]
        others = [one for one in others if one[:2] != sideways[:2]]
        entries = sorted([sideways, *others])
        exif = corpus.app1(b"".join(entries), len(entries) + chance.choice((0, 0, 500)), chance.randbytes(20))
        assert is_upright(read(lying[:2] + exif + lying[2:])), exif


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation):
    tag = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    plain = corpus.FORMATS["jpeg"][0](corpus.subject(), b"")
    assert is_upright(read(plain[:2] + corpus.app1(tag, 1) + plain[2:]))


def segment(code: int, data: bytes) -> bytes:
    return b"\xff" + bytes([code]) + struct.pack(">H", len(data) + 2) + data


NONSENSE = [segment(code, start + b"\xff\0\x7f" * 40) for code, start in (
    (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta tiff:Orientation='8'/>"),
    (0xE2, b"MPF\0II*\0\x08\0\0\0\xff\xff"),
    (0xE2, b"ICC_PROFILE\0\x09\x02"),
    (0xED, b"Photoshop 3.0\x008BIM\x03\xed\0\0\xff\xff\xff\xff"),
    (0xE1, b"Exif\0\0"),
    (0xE7, b""),
    (0xFE, b"\xff\xd8\xff"),
)]  # fmt: skip


def test_no_metadata_of_a_jpeg_refuses_or_turns_it():
    plain = corpus.FORMATS["jpeg"][0](corpus.subject(), b"")
    for extra in (*NONSENSE, b"".join(NONSENSE), NONSENSE[0] * 50):
        assert is_upright(read(plain[:2] + extra + plain[2:]))


def test_no_metadata_of_a_png_refuses_it_and_none_is_unpacked():
    whole = corpus.file("png", 6)
    bomb = zlib.compress(b"\0" * 100_000_000, 9)
    for extra in (
        chunk(b"iCCP", b"x\0\0" + bomb),
        chunk(b"zTXt", b"x\0\0" + bomb),
        chunk(b"iTXt", b"x\0\1\0\0\0" + bomb),
        chunk(b"tEXt", b"\xff" * 2_000_000),
        chunk(b"pHYs", b""),
        chunk(b"gAMA", b"x"),
        chunk(b"acTL", b"\xff" * 8),
    ):
        assert is_upright(read(whole[:33] + extra + whole[33:]))


@pytest.mark.parametrize("name", ["webp", "heic", "avif"])
def test_damaged_metadata_of_other_kinds_refuses_nothing(name):
    whole = corpus.file(name)
    at = whole.rindex(b"MM\0*") if b"MM\0*" in whole else whole.rindex(b"II*\0")
    for first, length in ((4, 4), (0, 4), (0, 12), (8, 8)):
        assert is_upright(read(whole[: at + first] + b"\xff" * length + whole[at + first + length :]))


def too_large(name: str) -> bytes:
    """A small file that claims far more points than a picture may have."""
    whole = corpus.file(name)
    match name:
        case "jpeg" | "progressive jpeg" | "mpo":
            frame = whole.index(b"\xff\xc2" if name[0] == "p" else b"\xff\xc0")
            return whole[: frame + 5] + struct.pack(">HH", 65_000, 65_000) + whole[frame + 9 :]
        case "png" | "animated png":
            return kinds.PNG + chunk(b"IHDR", struct.pack("!LL", 90_000, 90_000) + whole[24:29]) + whole[33:]
        case "webp" | "lossless webp" | "animated webp":
            return whole[:24] + b"\xff\x3f\0" * 2 + whole[30:]
        case _:
            size = struct.pack(">LL", corpus.WIDTH, corpus.HEIGHT)
            return whole.replace(size, struct.pack(">LL", 60_000, 60_000))


@pytest.mark.parametrize("name", corpus.FORMATS)
def test_a_bomb_is_refused_within_the_limits(name):
    with pytest.raises(Unreadable) as found:
        pictures_of(too_large(name))
    assert found.value.reason in REMEDIES
    assert found.value.seconds < WHOLE_TIME


@pytest.mark.parametrize("name", corpus.FORMATS)
def test_every_format_is_read_in_the_limited_process(name):
    [one], seconds = pictures_of(corpus.file(name, 6))
    assert (one.width, one.height) == (corpus.WIDTH, corpus.HEIGHT)
    assert seconds < 2


def test_every_refusal_names_the_file_and_a_remedy_in_both_languages():
    for reason, words in REMEDIES.items():
        for language, remedy in zip(("en", "km"), words, strict=True):
            with translation.override(language):
                said = str(errors.refusal(reason, "IMG_1.HEIC", 40))
            assert "IMG_1.HEIC" in said
            assert remedy in said


def test_a_variant_of_heic_that_cannot_be_decoded_names_the_setting_of_the_phone():
    whole = corpus.file("heic")
    assert read(whole.replace(b"hvc1", b"vvc1")) == "phone"
    assert read(corpus.file("avif").replace(b"av01", b"av09")) == "phone"

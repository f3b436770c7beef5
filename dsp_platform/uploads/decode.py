"""Converts an untrusted file to plain pictures of its pages, or a recording to its sound, in a subprocess.

Run as a program with an empty environment, never imported by the site: the code that parses hostile files
has no key, no connection and no session, and its limits end this process only.
Standard input is the file. Standard output is one line of JSON, ``{"refused": reason}`` or
``{"pages": [[width, height, bytes, bytes of the small one], ...]}``, each with the ``seconds`` of processor
it took; then the files, concatenated: JPEG, or the one recording, of no width and height.
Arguments: the kind of the file, or the content type of a recording; pixels, pages, longest side.
"""

import io
import json
import os
import re
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pypdfium2 as pdfium
from PIL import AvifImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

MEMORY = 768 * 1024 * 1024
SECONDS = 15
SMALL_SIDE = 240
QUALITY = 80
SHARPEST = 200 / 72
"""Pages of a PDF are rendered at 200 dots per inch at most."""

EXIF = b"Exif\0\0"
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
JPEG_MARKER = re.compile(rb"\xff+([\xc0-\xcf\xd8-\xfe])")
JPEG_START, JPEG_END, JPEG_SCAN, JPEG_EXIF = 0xD8, 0xD9, 0xDA, 0xE1
# Which colours a JPEG has is said by JFIF (APP0) and by Adobe (APP14); all other such segments are metadata.
JPEG_METADATA = {*range(0xE1, 0xF0), 0xFE} - {0xEE}
MOST_MISSING, LEAST_MISSING = 50, 1024
"""How much may be without content before a file counts as cut off: one part of so many, so many bytes."""

UNREADABLE = (pdfium.PdfiumError, OSError, SyntaxError, ValueError, ArithmeticError, RuntimeError)
"""What the decoders raise."""


Page = tuple[int, int, bytes, bytes]
"""Width, height, the file, the small one."""


class CannotDecode(Exception):
    pass


def limit() -> None:
    os.nice(10)  # lower priority than pages and text messages on the same machine
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def pictures(kind: str, content: bytes, pixels: int, pages: int, side: int) -> Iterator[Image.Image]:
    if kind == "pdf":
        yield from drawn(content, pages, side)
    else:
        yield picture(kind, content, pixels, side)


def picture(kind: str, content: bytes, pixels: int, side: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = pixels  # looked at by the reader of WebP, before it takes memory
    try:
        image, exif = opened(kind, content)
        if image.width * image.height > pixels:
            raise CannotDecode("pixels")
        if kind == "jpeg":
            image.draft("RGB", (side, side))  # decode no larger than needed
        image.load()
    except Image.DecompressionBombError:
        raise CannotDecode("pixels") from None
    except UNREADABLE:
        raise CannotDecode("phone" if kind in ("heic", "avif") else "damaged") from None
    if kind == "jpeg" and is_grey_below(image):
        raise CannotDecode("cut")
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        image.thumbnail((side, side))  # first: every copy of a large picture costs memory
    turn = UPRIGHT.get(orientation(exif))
    plain = flat(image)
    return plain if turn is None else plain.transpose(turn)


def opened(kind: str, content: bytes) -> tuple[ImageFile.ImageFile, bytes]:
    """The picture, not decoded yet, and its EXIF metadata.

    Metadata is taken out where the decoder would parse it: what is thrown away cannot refuse a picture.
    """
    match kind:
        case "jpeg":
            plain, exif = plain_jpeg(content)
            return JpegImagePlugin.JpegImageFile(io.BytesIO(plain)), exif
        case "png":
            plain, exif = plain_png(content)
            return PngImagePlugin.PngImageFile(io.BytesIO(plain)), exif
        case "webp":
            if len(content) < 8 + int.from_bytes(content[4:8], "little"):
                raise CannotDecode("cut")
            webp = WebPImagePlugin.WebPImageFile(io.BytesIO(content))
            return webp, webp.info.get("exif", b"")
        case "avif":
            content = plain_boxes(content)
            AvifImagePlugin.DEFAULT_MAX_THREADS = 1
            avif = AvifImagePlugin.AvifImageFile(io.BytesIO(content))
            return avif, avif.info.get("exif", b"")
        case _:
            return heic(plain_boxes(content)), b""  # turned by its decoder, by a box of its own


def heic(content: bytes) -> ImageFile.ImageFile:
    import pillow_heif  # noqa: PLC0415  # large, and not every file is one

    # One thread: each would take memory of its own. No other picture in the file is looked at.
    pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
    return pillow_heif.HeifImageFile(io.BytesIO(content))


def plain_jpeg(content: bytes) -> tuple[bytes, bytes]:
    """The first picture of the file, without metadata; its EXIF. What follows it is dropped too, such as a
    second picture (MPO) or a short film.
    """
    kept, exif, at, scan = [content[:2]], b"", 2, False
    while marker := JPEG_MARKER.search(content, at):
        code = marker[1][0]
        if scan:
            kept.append(content[at : marker.start()])
        if code == JPEG_END:
            return b"".join([*kept, b"\xff\xd9"]), exif
        length = int.from_bytes(content[marker.end() : marker.end() + 2])
        at = marker.end() + max(length, 2)
        if code == JPEG_START or at > len(content):
            break
        if code == JPEG_EXIF and not exif and content[marker.end() + 2 :].startswith(EXIF):
            exif = content[marker.end() + 2 : at]
        scan = code == JPEG_SCAN
        if code not in JPEG_METADATA:
            kept.append(content[marker.end() - 2 : at])
    raise CannotDecode("cut" if len(kept) > 1 or at > len(content) else "damaged")


def plain_png(content: bytes) -> tuple[bytes, bytes]:
    """Without optional chunks, except that of transparency; EXIF."""
    kept, exif, at = [content[:8]], b"", 8
    while at + 12 <= len(content):
        name, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4])
        if end > len(content):
            break
        if name == b"eXIf":
            exif = content[at + 8 : end - 4]
        elif name[:1].isupper() or name == b"tRNS":
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept), exif
        at = end
    raise CannotDecode("cut")


def plain_boxes(content: bytes) -> bytes:
    """HEIC or AVIF without EXIF. Raises ``CannotDecode`` where the end is missing, because libheif draws a
    picture of tiles without those that are not there. What follows the picture may be anything.

    One ``meta`` belongs to a picture: only the first is copied, however many a hostile file has.
    """
    at, found, plain = 0, False, b""
    while at + 8 <= len(content):
        length, name, head = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(content[at + 8 : at + 16]), 16
        end = at + length if length else len(content)
        if name == b"meta" and not plain:
            # By another name it is an unknown item, and is passed over.
            items = content[at:end].replace(b"Exif", b"skip")
            plain = content[:at] + items + content[end:]
        elif name == b"mdat":
            there = len(content[at + head : end].rstrip(b"\0"))  # zeros stand for what has not arrived
            if end > len(content) or end - at - head - there > max(LEAST_MISSING, length // MOST_MISSING):
                raise CannotDecode("cut")
            found = True
        if end > len(content) or length < head:
            break
        at = end
    if not found and at < len(content):
        raise CannotDecode("cut")
    return plain or content


def is_grey_below(image: Image.Image) -> bool:
    """Whether the end of a JPEG is missing: the decoder fills it with the middle of all greys."""
    if image.mode not in ("L", "RGB"):
        return False
    below = image.crop((0, image.height - max(1, image.height // MOST_MISSING), *image.size))
    grey = [(128, 128)] * len(image.getbands())
    return extremes(below) == grey and extremes(image) != grey  # a sheet of one grey is a picture too


def extremes(image: Image.Image) -> list[object]:
    return [band.getextrema() for band in image.split()]


def orientation(exif: bytes) -> int:
    """1, upright, where that cannot be read. No other tag is looked at, so that none can be in the way."""
    tiff = exif.removeprefix(EXIF)
    order: Literal["big", "little"] = "little" if tiff[:2] == b"II" else "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(tiff[at : at + length], order)

    first = number(4, 4)
    for at in range(first + 2, min(first + 2 + 12 * number(first, 2), len(tiff)), 12):
        if number(at, 2) == ORIENTATION:
            length = {1: 1, 3: 2, 4: 4}.get(number(at + 2, 2))  # the types of whole numbers
            return number(at + 8, length) if length else 1
    return 1


def flat(image: Image.Image) -> Image.Image:
    """Grey or RGB with eight bits; what is transparent becomes white."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image)
        return paper
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def drawn(content: bytes, pages: int, side: int) -> Iterator[Image.Image]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise CannotDecode("locked" if "assword" in str(error) else "damaged") from None
    if len(document) > pages:
        raise CannotDecode("pages")
    if not len(document):
        raise CannotDecode("damaged")
    document.init_forms()  # also render the content of form fields
    for page in document:
        longest = max(page.get_size())
        if not 1 <= longest < 100_000:
            raise CannotDecode("damaged")
        bitmap = page.render(scale=min(side / longest, SHARPEST))
        yield bitmap.to_pil().convert("RGB")
        page.close()


def jpeg(image: Image.Image, side: int) -> tuple[Image.Image, bytes]:
    """The pixels only: no GPS position, time, comment or colour profile."""
    image = image.copy()
    image.thumbnail((side, side))
    image.info = {}
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return image, out.getvalue()


def sound(media: str, content: bytes) -> bytes:
    # Of the site, this folder alone.
    sys.path.append(str(Path(__file__).parent))
    from plain.recordings import NotPlain, plain_recording  # noqa: PLC0415  # as in ``heic``

    try:
        return plain_recording(content, media)
    except (NotPlain, MemoryError):
        raise CannotDecode("recording") from None


def converted(kind: str, content: bytes, pixels: int, pages: int, side: int) -> Iterator[Page]:
    if "/" in kind:
        yield 0, 0, sound(kind, content), b""
        return
    for image in pictures(kind, content, pixels, pages, side):
        plain, large = jpeg(image, side)
        yield *plain.size, large, jpeg(plain, SMALL_SIDE)[1]


def answer(**words: object) -> None:
    print(json.dumps({**words, "seconds": time.process_time()}), flush=True)


def main(kind: str, pixels: int, pages: int, side: int) -> None:
    table, files = [], []
    try:
        for width, height, large, small in converted(kind, sys.stdin.buffer.read(), pixels, pages, side):
            table.append([width, height, len(large), len(small)])
            files += [large, small]
    except CannotDecode as error:
        answer(refused=str(error))
        return
    except MemoryError:
        answer(refused="pixels")
        return
    except UNREADABLE:
        answer(refused="damaged")
        return
    answer(pages=table)
    sys.stdout.buffer.write(b"".join(files))


if __name__ == "__main__":
    limit()
    main(sys.argv[1], *map(int, sys.argv[2:5]))

"""Turns one file a stranger sent into plain pictures of its pages, in a process of its own.

Run as a program with an empty environment, never imported by the site: what reads hostile files holds no
key, no connection and no session, and dies of its own limits instead of taking the web process along.
Standard input is the file. Standard output is one line of JSON, ``{"refused": reason}`` or
``{"pages": [[width, height, bytes, bytes of the small one], ...]}``, then the JPEG files one after the other.
Arguments: pixels, pages, longest side.
"""

import io
import json
import resource
import sys
import warnings
from collections.abc import Iterator

import pypdfium2 as pdfium
from PIL import Image, ImageOps, UnidentifiedImageError

MEMORY = 768 * 1024 * 1024
SECONDS = 15
SMALL_SIDE = 240
QUALITY = 80
SHARPEST = 200 / 72
"""No PDF page is drawn finer than 200 dots an inch."""

JPEG, PNG, PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"


class Refused(Exception):
    pass


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def pictures(content: bytes, pixels: int, pages: int, side: int) -> Iterator[Image.Image]:
    if content.startswith((JPEG, PNG)):
        yield picture(content, pixels, side)
    elif PDF in content[:1024]:
        yield from drawn(content, pages, side)
    else:
        raise Refused("kind")


def picture(content: bytes, pixels: int, side: int) -> Image.Image:
    # Pillow raises only beyond twice its limit and warns below; the warning is made an error.
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG"))
        image.draft("RGB", (side, side))  # a JPEG is read no larger than needed
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels") from None
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        image.thumbnail((side, side))  # at once: every further copy of a large one costs memory
    return ImageOps.exif_transpose(flat(image))


def flat(image: Image.Image) -> Image.Image:
    """Grey or RGB, on white paper, eight bits."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image)
        paper.info = image.info
        return paper
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def drawn(content: bytes, pages: int, side: int) -> Iterator[Image.Image]:
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise Refused("locked" if "assword" in str(error) else "damaged") from None
    if len(document) > pages:
        raise Refused("pages")
    if not len(document):
        raise Refused("damaged")
    document.init_forms()  # what was typed into the boxes of a form is drawn too
    for page in document:
        longest = max(page.get_size())
        if not 1 <= longest < 100_000:
            raise Refused("damaged")
        bitmap = page.render(scale=min(side / longest, SHARPEST))
        yield bitmap.to_pil().convert("RGB")
        page.close()


def jpeg(image: Image.Image, side: int) -> tuple[Image.Image, bytes]:
    """Without anything but the picture: no place, no time, no comment, no colour profile."""
    image = image.copy()
    image.thumbnail((side, side))
    image.info = {}
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return image, out.getvalue()


def main(pixels: int, pages: int, side: int) -> None:
    table, files = [], []
    try:
        for image in pictures(sys.stdin.buffer.read(), pixels, pages, side):
            plain, large = jpeg(image, side)
            small = jpeg(plain, SMALL_SIDE)[1]
            table.append([*plain.size, len(large), len(small)])
            files += [large, small]
    except Refused as error:
        print(json.dumps({"refused": str(error)}))
        return
    except (UnidentifiedImageError, pdfium.PdfiumError, OSError, SyntaxError, ValueError, ArithmeticError):
        print(json.dumps({"refused": "damaged"}))
        return
    sys.stdout.write(json.dumps({"pages": table}) + "\n")
    sys.stdout.flush()
    sys.stdout.buffer.write(b"".join(files))


if __name__ == "__main__":
    limit()
    main(*map(int, sys.argv[1:4]))

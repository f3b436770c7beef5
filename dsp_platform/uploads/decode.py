"""Converts an untrusted file to plain pictures of its pages, in a subprocess.

Run as a program with an empty environment, never imported by the site: the code that parses hostile files
has no key, no connection and no session, and its limits end this process only.
Standard input is the file. Standard output is one line of JSON, ``{"refused": reason}`` or
``{"pages": [[width, height, bytes, bytes of the small one], ...]}``, each with the ``seconds`` of processor
it took; then the JPEG files, concatenated.
Arguments: pixels, pages, longest side.
"""

import io
import json
import os
import resource
import sys
import time
import warnings
from collections.abc import Iterator

import pypdfium2 as pdfium
from PIL import Image, UnidentifiedImageError

MEMORY = 768 * 1024 * 1024
SECONDS = 15
SMALL_SIDE = 240
QUALITY = 80
SHARPEST = 200 / 72
"""Pages of a PDF are rendered at 200 dots per inch at most."""

JPEG, PNG, PDF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-"
RIFF, WEBP = b"RIFF", b"WEBP"
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


def pictures(content: bytes, pixels: int, pages: int, side: int) -> Iterator[Image.Image]:
    if content.startswith((JPEG, PNG)) or (content.startswith(RIFF) and content[8:12] == WEBP):
        yield picture(content, pixels, side)
    elif PDF in content[:1024]:
        yield from drawn(content, pages, side)
    else:
        raise CannotDecode("kind")


def picture(content: bytes, pixels: int, side: int) -> Image.Image:
    # Pillow raises only beyond twice its limit and warns below; the warning is made an error.
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        image = Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
        image.draft("RGB", (side, side))  # decode a JPEG no larger than needed
        image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise CannotDecode("pixels") from None
    if image.mode in ("L", "LA", "RGB", "RGBA"):
        image.thumbnail((side, side))  # first: every copy of a large picture costs memory
    turn = UPRIGHT.get(orientation(image))
    plain = flat(image)
    return plain if turn is None else plain.transpose(turn)


def orientation(image: Image.Image) -> int:
    """Of the EXIF metadata; 1, upright, where that cannot be read. All other metadata is discarded."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:
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


def answer(**words: object) -> None:
    print(json.dumps({**words, "seconds": time.process_time()}), flush=True)


def main(pixels: int, pages: int, side: int) -> None:
    table, files = [], []
    try:
        for image in pictures(sys.stdin.buffer.read(), pixels, pages, side):
            plain, large = jpeg(image, side)
            small = jpeg(plain, SMALL_SIDE)[1]
            table.append([*plain.size, len(large), len(small)])
            files += [large, small]
    except CannotDecode as error:
        answer(refused=str(error))
        return
    except (UnidentifiedImageError, pdfium.PdfiumError, OSError, SyntaxError, ValueError, ArithmeticError):
        answer(refused="damaged")
        return
    answer(pages=table)
    sys.stdout.buffer.write(b"".join(files))


if __name__ == "__main__":
    limit()
    main(*map(int, sys.argv[1:4]))

"""Files as phones and scanners write them: one picture of four colours, in each of their formats."""

import io
import struct
from collections.abc import Callable, Iterator

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()

WIDTH, HEIGHT = 96, 64
QUARTERS = ("red", "blue", "green", "white")
"""Above left and right, below left and right."""
LIES_AS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera that was held so stores an upright picture: the inverse of what a reader has to do."""


def subject(width=WIDTH, height=HEIGHT) -> Image.Image:
    image = Image.new("RGB", (width, height))
    for number, colour in enumerate(QUARTERS):
        across, down = number % 2 * width // 2, number // 2 * height // 2
        image.paste(colour, (across, down, across + width // 2, down + height // 2))
    return image


def exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Phone of Sokha"
    return exif.tobytes()


def _saved(kind: str, **how: object) -> Callable[[Image.Image, bytes], bytes]:
    def save(image: Image.Image, exif: bytes) -> bytes:
        out = io.BytesIO()
        image.save(out, kind, exif=exif, **how)
        return out.getvalue()

    return save


def _several(kind: str, **how: object) -> Callable[[Image.Image, bytes], bytes]:
    """With a second picture, that is not to be read."""
    other = Image.new("RGB", (WIDTH, HEIGHT), "black")

    def save(image: Image.Image, exif: bytes) -> bytes:
        second = other.convert(image.mode).resize(image.size)
        out = io.BytesIO()
        image.save(out, kind, exif=exif, save_all=True, append_images=[second], **how)
        return out.getvalue()

    return save


FORMATS: dict[str, tuple[Callable[[Image.Image, bytes], bytes], tuple[str, ...]]] = {
    "jpeg": (_saved("JPEG", quality=95), ("RGB", "L", "CMYK")),
    "progressive jpeg": (_saved("JPEG", quality=95, progressive=True), ("RGB", "L", "CMYK")),
    "mpo": (_several("MPO", quality=95), ("RGB",)),
    "png": (_saved("PNG"), ("RGB", "RGBA", "L", "LA", "P", "1", "I;16")),
    "animated png": (_several("PNG"), ("RGB", "RGBA")),
    "webp": (_saved("WEBP", quality=95), ("RGB", "RGBA")),
    "lossless webp": (_saved("WEBP", lossless=True), ("RGB", "RGBA")),
    "animated webp": (_several("WEBP", quality=95), ("RGB",)),
    "heic": (_saved("HEIF", quality=95), ("RGB", "RGBA", "L", "I;16")),
    "heic of tiles": (_saved("HEIF", quality=95, tile_size=64), ("RGB",)),
    "heic of several": (_several("HEIF", quality=95), ("RGB",)),
    "avif": (_saved("AVIF", quality=95, speed=10), ("RGB", "RGBA")),
}


def converted(image: Image.Image, mode: str) -> Image.Image:
    if mode == "1":
        return image.convert("1", dither=Image.Dither.NONE)
    if mode == "I;16":
        return image.convert("L").convert("I").point(lambda value: value * 256).convert("I;16")
    return image.convert(mode)


def file(name: str, orientation: int = 1, mode: str = "RGB", image: Image.Image | None = None) -> bytes:
    turned = image or subject()
    if orientation in LIES_AS:
        turned = turned.transpose(LIES_AS[orientation])
    return FORMATS[name][0](converted(turned, mode), exif_of(orientation))


def every_file() -> Iterator[tuple[str, bytes]]:
    """Each format in each colour mode, held in each of the eight ways."""
    for name, (_save, modes) in FORMATS.items():
        for mode in modes:
            for orientation in range(1, 9):
                yield f"{name}, {mode}, {orientation}", file(name, orientation, mode)


def large(name: str) -> bytes:
    """With so much content that its end can go missing: noise hardly shrinks."""
    return file(name, image=Image.effect_noise((192, 160), 80).convert("RGB"))


def app1(entries: bytes, count: int, values: bytes = b"") -> bytes:
    """Hand-written metadata of a JPEG, as no library would write it."""
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">H", count) + entries + b"\0\0\0\0" + values
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body

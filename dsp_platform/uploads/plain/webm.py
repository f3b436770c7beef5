"""WebM and Matroska (RFC 9559), as browsers record them: elements in elements (EBML, RFC 8794)."""

from collections.abc import Iterator

from .errors import NotPlain, parts

_EBML, _SEGMENT, _CLUSTER = 0x1A45DFA3, 0x18538067, 0x1F43B675
_SEEK, _INFO, _TRACKS, _TRACK, _CUES = 0x114D9B74, 0x1549A966, 0x1654AE6B, 0xAE, 0x1C53BB6B
_SCALE, _LENGTH, _MUXER, _WRITER, _KIND, _TRACK_NAME = 0x2AD7B1, 0x4489, 0x4D80, 0x5741, 0x83, 0x536E
_OF_CLUSTERS = (0xE7, 0xA3, 0xA0, 0xA7, 0xAB)
_VOID = 0xEC
_UNKNOWN = -1
_SOUND = 2
# Which elements are kept inside which; None: all. A live recording leaves the ends of segment and clusters
# open, so what stands inside them is kept at the outermost level too.
_OUTER = (_EBML, _SEGMENT, _SEEK, _INFO, _TRACKS, _CUES, _CLUSTER, *_OF_CLUSTERS)
_INSIDE: dict[int, tuple[int, ...]] = {
    _SEGMENT: _OUTER,
    _INFO: (_SCALE, _LENGTH, _MUXER, _WRITER),
    _TRACKS: (_TRACK,),
}


def plain(content: bytes) -> bytes:
    """Of the same length. Raises ``NotPlain`` for a film or other tracks beside the sound."""
    out, kinds = bytearray(content), list[int]()
    _walk(out, 0, len(out), _OUTER, kinds, parts())
    if not kinds or set(kinds) != {_SOUND}:
        raise NotPlain
    return bytes(out)


def _walk(
    out: bytearray, at: int, end: int, kept: tuple[int, ...], kinds: list[int], counted: Iterator[int]
) -> None:
    while at < end:
        next(counted)
        element, body = _number(out, at, marked=True)
        size, body = _number(out, body)
        after = body if size == _UNKNOWN else body + size
        if size == _UNKNOWN and element not in (_SEGMENT, _CLUSTER):
            raise NotPlain
        if after > end:
            if element not in (_CLUSTER, *_OF_CLUSTERS):
                raise NotPlain
            return  # the last sound was cut off
        if element not in kept:
            _void(out, at, after)
        elif element in _INSIDE and size != _UNKNOWN:
            _walk(out, body, after, _INSIDE[element], kinds, counted)
        elif element in (_MUXER, _WRITER):
            out[body:after] = b" " * size
        elif element == _TRACK:
            _track(out, body, after, kinds, counted)
        at = after


def _track(out: bytearray, at: int, end: int, kinds: list[int], counted: Iterator[int]) -> None:
    while at < end:
        next(counted)
        element, body = _number(out, at, marked=True)
        size, body = _number(out, body)
        if size == _UNKNOWN or body + size > end:
            raise NotPlain
        if element == _KIND:
            kinds.append(int.from_bytes(out[body : body + size]))
        elif element == _TRACK_NAME:
            _void(out, at, body + size)
        at = body + size


def _number(out: bytearray, at: int, *, marked: bool = False) -> tuple[int, int]:
    """Its value and where it ends. The leading zeros say how long it is; a name keeps the mark after them."""
    if at >= len(out) or not out[at]:
        raise NotPlain
    length = 9 - out[at].bit_length()
    if at + length > len(out):
        raise NotPlain
    number = int.from_bytes(out[at : at + length])
    if not marked:
        most = (1 << 7 * length) - 1
        number = _UNKNOWN if number & most == most else number & most
    return number, at + length


def _void(out: bytearray, at: int, end: int) -> None:
    """An empty element of the same length."""
    length = end - at
    if length < 2:
        raise NotPlain
    width = 8 if length >= 9 else 1
    size = (length - 1 - width) | 1 << 7 * width
    out[at:end] = bytes([_VOID]) + size.to_bytes(width) + bytes(length - 1 - width)

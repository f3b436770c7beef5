"""Ogg (RFC 3533) with Opus (RFC 7845), Vorbis or Speex: the second packet of each stream is its comments."""

from collections.abc import Iterator

from .errors import NotPlain

_MAGIC = {b"OpusHead": b"OpusTags", b"\x01vorbis": b"\x03vorbis", b"Speex   ": b""}
_HEAD = 27
_MOST_COMMENTS = 1024 * 1024
"""Bytes: a picture may be among them."""
_FIRST = 2
"""Flag of the first page of a stream."""


def plain(content: bytes) -> bytes:
    """Of the same length, without comments. Raises ``NotPlain`` for a stream that is no voice."""
    out = bytearray(content)
    packets: dict[bytes, int] = {}
    magics: dict[bytes, bytes] = {}
    comments: dict[bytes, list[tuple[int, int]]] = {}
    touched = []
    for start, body, end in _pages(out):
        stream = bytes(out[start + 14 : start + 18])
        if out[start + 5] & _FIRST:
            found = [magic for name, magic in _MAGIC.items() if out.startswith(name, body)]
            if not found:
                raise NotPlain
            packets[stream], magics[stream], comments[stream] = 0, found[0], []
        if stream not in packets:
            raise NotPlain
        at = body
        if packets[stream] == 1:
            touched.append((start, end))
        for length in out[start + _HEAD : body]:
            if packets[stream] == 1:
                comments[stream].append((at, at + length))
            at += length
            packets[stream] += length < 255  # a packet ends with a shorter piece
        packets[stream] = min(packets[stream], 2)
    if not packets:
        raise NotPlain
    if sum(end - start for places in comments.values() for start, end in places) > _MOST_COMMENTS:
        raise NotPlain
    for stream, places in comments.items():
        _clear(out, places, magics[stream])
    for start, end in touched:
        out[start + 22 : start + 26] = bytes(4)
        out[start + 22 : start + 26] = _checksum(out[start:end]).to_bytes(4, "little")
    return bytes(out)


def _pages(out: bytearray) -> Iterator[tuple[int, int, int]]:
    """Where each begins, where its body does, and where it ends. A last one that was cut off is left out."""
    at = 0
    while at + _HEAD <= len(out):
        if not out.startswith(b"OggS", at):
            raise NotPlain
        body = at + _HEAD + out[at + 26]
        end = body + sum(out[at + _HEAD : body])
        if end > len(out):
            break
        yield at, body, end
        at = end


def _clear(out: bytearray, places: list[tuple[int, int]], magic: bytes) -> None:
    """No vendor and no comments, the bit that ends those of Vorbis, and padding."""
    empty = magic + bytes(8) + (b"\1" if magic.endswith(b"vorbis") else b"")
    for start, end in places:
        out[start:end] = empty[: end - start].ljust(end - start, b"\0")
        empty = empty[end - start :]


def _table() -> list[int]:
    rows = []
    for number in range(256):
        rest = number << 24
        for _bit in range(8):
            rest = (rest << 1) ^ (0x04C11DB7 if rest & 0x80000000 else 0)
        rows.append(rest & 0xFFFFFFFF)
    return rows


_CHECKSUMS = _table()


def _checksum(page: bytearray) -> int:
    found = 0
    for byte in page:
        found = (found << 8 & 0xFFFFFFFF) ^ _CHECKSUMS[found >> 24 ^ byte]
    return found

"""MPEG-4, 3GPP and QuickTime files (ISO/IEC 14496-12)."""

from collections.abc import Iterator

from .errors import NotPlain, parts

_CONTAINERS = frozenset(b"moov trak edts mdia minf dinf stbl mvex moof traf mfra".split())
# What players need. All else becomes free space, so that no offset changes.
_KEPT = _CONTAINERS | frozenset(
    b"ftyp styp mdat sidx ssix mvhd tkhd elst mdhd hdlr smhd nmhd gmhd dref stsd stts ctts stsc stsz stz2 "
    b"stco co64 stss sgpd sbgp saiz saio mehd trex mfhd tfhd tfdt trun tfra mfro".split()
)
_DATED = (b"mvhd", b"tkhd", b"mdhd")
_SOUND = b"soun"
_NAME = 24
"""Where the name of a handler begins, which some devices write theirs into."""
_DEEPEST = 8


def plain(content: bytes) -> bytes:
    """Of the same length. Raises ``NotPlain`` for a file with pictures, texts or places along its time, and
    for one without a track of sound."""
    out = bytearray(content)
    kinds = [bytes(kind) for kind in _cleared(out, 0, len(out), b"", 0, parts())]
    if not kinds or set(kinds) != {_SOUND}:
        raise NotPlain
    return bytes(out)


def _cleared(
    out: bytearray, at: int, end: int, inside: bytes, depth: int, counted: Iterator[int]
) -> Iterator[bytes]:
    """The kinds of its tracks."""
    while at < end:
        next(counted)
        head, size = 8, int.from_bytes(out[at : at + 4])
        name = bytes(out[at + 4 : at + 8])
        if size == 1:
            head, size = 16, int.from_bytes(out[at + 8 : at + 16])
        elif size == 0:  # as far as the file goes
            size = end - at
        if size < head or at + size > end or depth > _DEEPEST:
            raise NotPlain
        body, next_one = at + head, at + size
        if name not in _KEPT:
            out[at + 4 : at + 8] = b"free"
            out[body:next_one] = bytes(next_one - body)
        elif name in _CONTAINERS:
            yield from _cleared(out, body, next_one, name, depth + 1, counted)
        elif name in _DATED and next_one - body >= 20:
            length = 16 if out[body] else 8  # created and changed, in the long or the short form
            out[body + 4 : body + 4 + length] = bytes(length)
        elif name == b"hdlr":
            if inside == b"mdia":
                yield bytes(out[body + 8 : body + 12])
            out[body + _NAME : next_one] = bytes(max(0, next_one - body - _NAME))
        at = next_one

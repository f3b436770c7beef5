"""Which kind of voice recording a file is, by its content: what phones and browsers record.

A recording is not decoded. What is in it beside the sound is taken out in ``plain``, which refuses films.
"""

import regex

from dsp_platform.uploads.plain.streams import end_of_id3

_EBML, _RIFF, _OGG, _ID3 = b"\x1aE\xdf\xa3", b"RIFF", b"OggS", b"ID3"
_WEBM = (b"webm", b"matroska")
_VOICES = (b"OpusHead", b"\x01vorbis", b"Speex   ")
_AMR = (b"#!AMR\n", b"#!AMR-WB\n")
# ISO base media files (ISO/IEC 14496-12): the first box with its brand, then boxes of which one describes the
# sound. A recording that was cut off has none.
_BOX = b"ftyp"
_SOUND = (b"moov", b"moof")
_BRANDS = regex.compile(rb"M4A |M4B |mp4[12]|isom|iso[2-9]|3g[gp2][0-9a-z]|dash|qt  ")
_MPEG_FRAME = regex.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff][^\xf0-\xff]")
_ADTS_FRAME = regex.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
_HEAD = 64

EXTENSIONS = {
    "audio/mp4": "m4a",
    "audio/3gpp": "3gp",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/webm": "webm",
    "audio/amr": "amr",
    "audio/wav": "wav",
}


def recording_of(content: bytes) -> str:
    """Its content type; "" for any other file, and for one whose end is missing."""
    head = content[:_HEAD]
    if content[4:8] == _BOX and _BRANDS.match(content[8:12]):
        is_3gp = content[8:10] == b"3g"
        return ("audio/3gpp" if is_3gp else "audio/mp4") if _has_sound(content) else ""
    if head.startswith(_EBML):
        return "audio/webm" if any(one in head for one in _WEBM) else ""
    if head.startswith(_OGG):
        return "audio/ogg" if any(one in head for one in _VOICES) else ""
    if head.startswith(_AMR):
        return "audio/amr"
    if head.startswith(_RIFF):
        return "audio/wav" if head[8:12] == b"WAVE" and b"fmt " in head else ""
    if head.startswith(_ID3):
        return "audio/mpeg" if _MPEG_FRAME.match(content, end_of_id3(head)) else ""
    if _ADTS_FRAME.match(head):
        return "audio/aac"
    return "audio/mpeg" if _MPEG_FRAME.match(head) else ""


def _has_sound(content: bytes) -> bool:
    at = 0
    while at + 8 <= len(content):
        size, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if size == 1:  # the size follows, in eight bytes
            size = int.from_bytes(content[at + 8 : at + 16])
        if name in _SOUND:
            return at + size <= len(content)
        if size < 8:
            return False
        at += size
    return False

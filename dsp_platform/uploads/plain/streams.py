"""MP3 and AAC with their tags before and after the sound; WAV and its chunks."""

from .errors import NotPlain

_ID3, _ID3_AT_END, _APE = b"ID3", b"TAG", b"APETAGEX"
_ID3_LENGTH, _APE_LENGTH = 128, 32
_MOST_TAGS = 10
_OF_SOUND = (b"fmt ", b"fact", b"data")


def without_tags(content: bytes) -> bytes:
    """ID3, in front of the sound or at its end, and APE."""
    start, end = 0, len(content)
    for _tag in range(_MOST_TAGS):
        before = start, end
        if content.startswith(_ID3, start, end):
            start += end_of_id3(content[start : start + 10])
        end = _before_tag(content, end)
        if start >= end:
            break
        if (start, end) == before:
            return content[start:end]
    raise NotPlain


def _before_tag(content: bytes, end: int) -> int:
    if content.startswith(_ID3_AT_END, max(0, end - _ID3_LENGTH), end):
        return end - _ID3_LENGTH
    if not content.startswith(_APE, max(0, end - _APE_LENGTH), end):
        return end
    at = end - _APE_LENGTH
    before = end - int.from_bytes(content[at + 12 : at + 16], "little")
    # Its size leaves out a header that stands before it.
    has_header = content.startswith(_APE, max(0, before - _APE_LENGTH), max(0, before))
    return before - _APE_LENGTH if has_header else min(before, at)


def end_of_id3(head: bytes) -> int:
    """Its size in four times seven bits, and a footer where a flag says so (ID3v2.4, section 3.1)."""
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if head[5:6] and head[5] & 0x10 else 0)


def wav(content: bytes) -> bytes:
    """Of the chunks only those of the sound."""
    kept, at = [], 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name == b"data" and not 0 < size <= len(content) - at - 8:  # its length was never written
            size = len(content) - at - 8
        body = content[at + 8 : at + 8 + size]
        if name in _OF_SOUND:
            kept.append(name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2))
        at += 8 + size + size % 2
    if not any(one.startswith(b"data") for one in kept):
        raise NotPlain
    sound = b"WAVE" + b"".join(kept)
    return b"RIFF" + len(sound).to_bytes(4, "little") + sound

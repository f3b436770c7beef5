"""MP3 and AAC with their tags before and after the sound; WAV and its chunks."""

from dsp_platform.uploads.plain.errors import NotPlain

_ID3, _ID3_AT_END, _APE = b"ID3", b"TAG", b"APETAGEX"
_ID3_LENGTH, _APE_LENGTH = 128, 32
_OF_SOUND = (b"fmt ", b"fact", b"data")


def without_tags(content: bytes) -> bytes:
    """ID3, in front of the sound or at its end, and APE."""
    while content.startswith(_ID3):
        content = content[end_of_id3(content[:10]) :]
    while True:
        if content[-_ID3_LENGTH:].startswith(_ID3_AT_END):
            content = content[:-_ID3_LENGTH]
        elif content[-_APE_LENGTH:].startswith(_APE):
            size = int.from_bytes(content[-_APE_LENGTH + 12 : -_APE_LENGTH + 16], "little")
            content = content[: max(0, len(content) - size)]
            # Its size leaves out a header that stands before it.
            if content[-_APE_LENGTH:].startswith(_APE):
                content = content[:-_APE_LENGTH]
        else:
            break
    if not content:
        raise NotPlain
    return content


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

"""Recordings as phones and browsers write them: their first bytes, and as much as makes them whole."""

PLACE = b"+13.0957+103.2022/ iPhone of Sok Dara, Phum Ta Krei"


def box(name: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4) + name + content


def handler(kind: bytes, name: bytes = b"\0") -> bytes:
    return box(b"hdlr", bytes(8) + kind + bytes(12) + name)


def track(kind: bytes = b"soun", name: bytes = b"\0", more: bytes = b"") -> bytes:
    media = box(b"mdhd", bytes(24)) + handler(kind, name) + box(b"minf", box(b"stbl", box(b"stsd", bytes(8))))
    return box(b"trak", box(b"tkhd", bytes(84)) + box(b"mdia", media) + more)


def m4a(
    brand: bytes = b"M4A ", tracks: bytes | None = None, header: bytes = bytes(100), more: bytes = b""
) -> bytes:
    content = box(b"mvhd", header) + (track() if tracks is None else tracks)
    begins = box(b"ftyp", brand + b"\0\0\0\0" + b"isom") + box(b"mdat", b"\1" * 500)
    return begins + box(b"moov", content + more)


def m4a_with_place(brand: bytes = b"M4A ") -> bytes:
    told = box(b"udta", box(b"\xa9xyz", PLACE)) + box(
        b"meta", bytes(4) + handler(b"mdir") + box(b"ilst", PLACE)
    )
    tracks = track(name=PLACE, more=box(b"udta", PLACE))
    dated = bytes(4) + b"\xe0\1\2\3" * 2 + bytes(88)
    return m4a(brand, tracks, dated, told) + box(b"uuid", PLACE)


def ogg_page(number: int, content: bytes, flags: int = 0) -> bytes:
    pieces = bytes([255] * (len(content) // 255) + [len(content) % 255])
    head = b"OggS\0" + bytes([flags]) + bytes(8) + b"\7\0\0\0" + number.to_bytes(4, "little")
    rest = bytes([len(pieces)]) + pieces + content
    return head + checksum(head + bytes(4) + rest).to_bytes(4, "little") + rest


def checksum(page: bytes) -> int:
    """Of RFC 3533, section 6, bit by bit."""
    found = 0
    for byte in page:
        found ^= byte << 24
        for _bit in range(8):
            found = (found << 1 ^ (0x04C11DB7 if found >> 31 else 0)) & 0xFFFFFFFF
    return found


def ogg(comments: bytes = bytes(8), head: bytes = b"OpusHead\1\1", tags: bytes = b"OpusTags") -> bytes:
    return ogg_page(0, head + bytes(9), 2) + ogg_page(1, tags + comments) + ogg_page(2, b"\3" * 300, 4)


def comments(*words: bytes) -> bytes:
    listed = [len(one).to_bytes(4, "little") + one for one in words]
    return len(PLACE).to_bytes(4, "little") + PLACE + len(words).to_bytes(4, "little") + b"".join(listed)


def element(name: int, content: bytes = b"", *, is_live: bool = False) -> bytes:
    size = (1 << 56) - 1 if is_live else len(content)
    return name.to_bytes((name.bit_length() + 7) // 8) + (1 << 56 | size).to_bytes(8) + content


def webm(*, kind: int = 1 + 1, more: bytes = b"", name: bytes = b"", app: bytes = b" " * 6) -> bytes:
    tracks = element(0x1654AE6B, element(0xAE, element(0x83, bytes([kind])) + name))
    info = element(0x1549A966, element(0x4D80, app) + element(0x5741, app) + more)
    cluster = element(0x1F43B675, element(0xE7, b"\0") + element(0xA3, b"\4" * 300), is_live=True)
    return element(0x1A45DFA3, element(0x4282, b"webm")) + element(
        0x18538067, info + tracks + more + cluster, is_live=True
    )


def wav(*chunks: bytes) -> bytes:
    rest = b"WAVE" + b"fmt \x10\0\0\0" + bytes(16) + b"".join(chunks) + b"data\x2c\1\0\0" + bytes(300)
    return b"RIFF" + len(rest).to_bytes(4, "little") + rest


def chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


def id3(content: bytes) -> bytes:
    return b"ID3\4\0\0" + bytes([0, 0, len(content) >> 7, len(content) & 0x7F]) + content


def ape(content: bytes) -> bytes:
    ends = b"APETAGEX" + bytes(4) + (len(content) + 32).to_bytes(4, "little") + bytes(16)
    return ends + content + ends


MP3, AAC = b"\xff\xfb\x90\x64" + b"\5" * 300, b"\xff\xf1\x50\x80" + b"\6" * 300
RECORDINGS = {
    "audio/mp4": m4a(),
    "audio/3gpp": m4a(b"3gp4"),
    "audio/mpeg": MP3,
    "audio/aac": AAC,
    "audio/ogg": ogg(),
    "audio/webm": webm(),
    "audio/amr": b"#!AMR\n" + b"\x3c" * 300,
    "audio/wav": wav(),
}
# The same as devices write them that also tell where, by whom and with what they were recorded.
WITH_PLACE = {
    "audio/mp4": m4a_with_place(),
    "audio/3gpp": m4a_with_place(b"3gp4"),
    "audio/mpeg": id3(PLACE) + MP3 + ape(PLACE) + (b"TAG" + PLACE).ljust(128, b"\0"),
    "audio/aac": AAC + (b"TAG" + PLACE).ljust(128, b"\0"),
    "audio/ogg": ogg(comments(b"TITLE=" + PLACE, b"PICTURE=" + PLACE * 20)),
    "audio/webm": webm(
        more=element(0x1254C367, PLACE) + element(0x7BA9, PLACE), name=element(0x536E, PLACE), app=PLACE
    ),
    "audio/wav": wav(chunk(b"LIST", b"INFO" + PLACE), chunk(b"bext", PLACE), chunk(b"iXML", PLACE + b"x")),
}

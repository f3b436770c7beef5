"""Recordings as phones and browsers write them: their first bytes, and as much as makes them whole."""


def box(name: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4) + name + content


def m4a(brand: bytes = b"M4A ") -> bytes:
    return box(b"ftyp", brand + b"\0\0\0\0" + b"isom") + box(b"mdat", b"\1" * 500) + box(b"moov", b"\2" * 80)


def ogg() -> bytes:
    return b"OggS\0\2" + b"\0" * 20 + b"\1\x13OpusHead\1\1" + b"\3" * 300


def webm() -> bytes:
    return b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webm" + b"\4" * 300


def wav() -> bytes:
    return b"RIFF\x24\1\0\0WAVEfmt \x10\0\0\0" + b"\0" * 300


RECORDINGS = {
    "audio/mp4": m4a(),
    "audio/3gpp": m4a(b"3gp4"),
    "audio/mpeg": b"ID3\4\0\0\0\0\0\4abcd\xff\xfb\x90\x64" + b"\5" * 300,
    "audio/aac": b"\xff\xf1\x50\x80" + b"\6" * 300,
    "audio/ogg": ogg(),
    "audio/webm": webm(),
    "audio/amr": b"#!AMR\n" + b"\x3c" * 300,
    "audio/wav": wav(),
}

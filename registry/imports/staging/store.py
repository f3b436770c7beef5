"""Uploaded files on disk until they are read: encrypted, piece by piece, because they may be large."""

import hashlib
import os
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from dsp_platform.encryption import crypto

PIECE = 1024 * 1024
_LENGTH = struct.Struct("!I")
READING = ".reading"
# What a lost worker left behind is deleted when it is so old.
LEFT_BEHIND_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Stored:
    file: UUID
    digest: str
    size: int


def write(pieces: Iterable[bytes]) -> Stored:
    """Raises OSError (a full disk) and leaves no partial file."""
    file, digest, size = uuid4(), hashlib.sha256(), 0
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(os.open(_path(file), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                # A Fernet token is base64; decoded it takes a quarter less space.
                token = urlsafe_b64decode(crypto.encrypt_bytes(piece))
                out.write(_LENGTH.pack(len(token)) + token)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        delete(file)
        raise
    return Stored(file, digest.hexdigest(), size)


def pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece


def read(file: UUID) -> Iterator[bytes]:
    """Raises OSError and ``cryptography.fernet.InvalidToken``."""
    with _path(file).open("rb") as source:
        while head := source.read(_LENGTH.size):
            token = source.read(_LENGTH.unpack(head)[0])
            yield crypto.decrypt_bytes(urlsafe_b64encode(token))


@contextmanager
def decrypted(file: UUID) -> Iterator[Path]:
    """Where the file stands in clear, for as long as it is read: other processes open it by its path.

    Raises as ``read``.
    """
    clear = _folder() / f"{uuid4().hex}{READING}"
    try:
        with open(os.open(clear, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for piece in read(file):
                out.write(piece)
        yield clear
    finally:
        clear.unlink(missing_ok=True)


def delete(file: UUID) -> None:
    with suppress(OSError):
        _path(file).unlink(missing_ok=True)


def sweep(wanted: Iterable[UUID]) -> int:
    """Delete files that no run waits for, and what a lost worker left in clear. Returns how many."""
    names, deleted = {file.hex for file in wanted}, 0
    limit = time.time() - LEFT_BEHIND_SECONDS
    for path in _folder().glob("*"):
        with suppress(OSError):
            if path.stem not in names and path.stat().st_mtime < limit:
                path.unlink()
                deleted += 1
    return deleted


def _folder() -> Path:
    return Path(settings.UPLOADS_FOLDER) / "imports"


def _path(file: UUID) -> Path:
    return _folder() / f"{file.hex}.file"

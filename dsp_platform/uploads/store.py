"""Files on disk: encrypted, under random names, written atomically.

Each page is two files, the picture and a small one for lists. An upload is one file until it is read. Files
are written before their row, so a crash leaves a file without a row, which ``services.sweep`` deletes.
"""

import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.fernet import InvalidToken
from django.conf import settings

from dsp_platform.encryption import crypto

PAGE = "page"
SMALL = "small"
SIZES = (PAGE, SMALL)
ORIGINAL = "original"
_WRITING = ".writing"


class Missing(Exception):
    """No such file, or the keys do not decrypt it."""


def folder() -> Path:
    return Path(settings.UPLOADS_FOLDER)


def write(file: UUID, picture: bytes, small: bytes) -> None:
    """Raises OSError (a full disk) and leaves no partial file."""
    try:
        for size, content in ((PAGE, picture), (SMALL, small)):
            _write(_path(file, size), content)
    except OSError:
        delete(file)
        raise


def write_original(file: UUID, content: bytes) -> None:
    """The upload as it was sent, for the worker only: it is never served. Raises OSError."""
    _write(_path(file, ORIGINAL), content)


def read(file: UUID, size: str) -> bytes:
    try:
        return crypto.decrypt_bytes(urlsafe_b64encode(_path(file, size).read_bytes()))
    except (OSError, InvalidToken):
        raise Missing from None


def is_there(file: UUID) -> bool:
    return all(_path(file, size).is_file() for size in SIZES)


def delete(file: UUID) -> None:
    for size in (*SIZES, ORIGINAL):
        with suppress(OSError):  # the sweep retries
            _path(file, size).unlink(missing_ok=True)


def older_than(seconds: float) -> Iterator[tuple[Path, UUID | None]]:
    """Files of that age and their ids; None for what an interrupted write left."""
    limit = time.time() - seconds
    for path in folder().glob("??/*"):
        with suppress(OSError):
            if path.stat().st_mtime < limit:
                yield path, _name_of(path)


def _path(file: UUID, size: str) -> Path:
    return folder() / file.hex[:2] / f"{file.hex}.{size}"


def _name_of(path: Path) -> UUID | None:
    with suppress(ValueError):
        if path.suffix.lstrip(".") in (*SIZES, ORIGINAL):
            return UUID(path.stem)
    return None


def _write(path: Path, content: bytes) -> None:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(uuid4().hex + _WRITING)
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            # A Fernet token is base64; decoded it takes a quarter less space.
            out.write(urlsafe_b64decode(crypto.encrypt_bytes(content)))
            out.flush()
            os.fsync(out.fileno())
        temporary.rename(path)
        _sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _sync(directory: Path) -> None:
    """Makes the new name durable, as fsync of the file makes its content."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

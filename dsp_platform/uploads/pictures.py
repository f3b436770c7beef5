"""Plain pictures out of a file: runs ``decode`` beside the site, with bounded time, memory and number."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from dsp_platform.uploads import errors

PROGRAM = Path(__file__).with_name("decode.py")
SECONDS = 20
# At once in one web process, so that a crowd of uploads fills neither memory nor every thread.
_turns = threading.BoundedSemaphore(2)


class Picture(NamedTuple):
    width: int
    height: int
    picture: bytes
    small: bytes


def pictures_of(content: bytes, name: str) -> list[Picture]:
    """One per page. Raises ``FileRefused``."""
    if not _turns.acquire(timeout=SECONDS):
        raise errors.NotNow(name)
    try:
        done = _run(content)
    except subprocess.TimeoutExpired:
        raise errors.Damaged(name) from None
    except OSError:
        raise errors.NotNow(name) from None
    finally:
        _turns.release()
    head, _line, files = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise errors.Damaged(name)  # it died of its limits
    told = json.loads(head)
    if reason := told.get("refused"):
        raise _refusal(reason, name)
    return _cut(told["pages"], files)


def _run(content: bytes) -> subprocess.CompletedProcess[bytes]:
    limits = (settings.UPLOAD_MEGAPIXELS * 1_000_000, settings.UPLOAD_PAGES, settings.UPLOAD_SIDE)
    # -I: nothing of the site's folder or environment is looked at. Its words may quote the file: dropped.
    return subprocess.run(
        [sys.executable, "-I", str(PROGRAM), *map(str, limits)],
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        timeout=SECONDS,
        check=False,
    )


def _refusal(reason: str, name: str) -> errors.FileRefused:
    match reason:
        case "kind":
            return errors.NotAPicture(name)
        case "locked":
            return errors.Locked(name)
        case "pixels":
            return errors.TooManyPixels(name, settings.UPLOAD_MEGAPIXELS)
        case "pages":
            return errors.TooManyPages(name, settings.UPLOAD_PAGES)
        case _:
            return errors.Damaged(name)


def _cut(table: list[list[int]], files: bytes) -> list[Picture]:
    found, at = [], 0
    for width, height, large, small in table:
        middle, end = at + large, at + large + small
        found.append(Picture(width, height, files[at:middle], files[middle:end]))
        at = end
    return found

"""Runs ``decode`` in a subprocess, with bounded time and memory."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from dsp_platform.uploads.kinds import kind_of

PROGRAM = Path(__file__).with_name("decode.py")
# Wall-clock time, on a machine that may be busy; ``decode`` limits its processor time itself.
SECONDS = 60
# Charged for a file that made ``decode`` exceed a limit: all of its processor time.
WHOLE_TIME = 15.0


class Picture(NamedTuple):
    width: int
    height: int
    picture: bytes
    small: bytes


class Unreadable(Exception):
    """``reason`` is a code of ``errors.refusal``, ``seconds`` the processor time used."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.seconds = reason, seconds


class Unavailable(Exception):
    """The file is fine: it can be read later."""


def pictures_of(content: bytes, media: str = "") -> tuple[list[Picture], float]:
    """One per page, and the seconds of processor time. Raises ``Unreadable`` and ``Unavailable``.

    A recording, whose content type ``media`` is, is one page without a small picture.
    """
    kind = media or kind_of(content)
    if kind is None:
        raise Unreadable("kind")
    limits = (settings.UPLOAD_MEGAPIXELS * 1_000_000, settings.UPLOAD_PAGES, settings.UPLOAD_SIDE)
    try:
        # -I ignores the site's folder and environment. Error messages may quote the file and are dropped.
        done = subprocess.run(
            [sys.executable, "-I", str(PROGRAM), kind, *map(str, limits)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("damaged", WHOLE_TIME) from None
    except OSError:
        raise Unavailable from None
    head, _line, files = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise Unreadable("damaged", WHOLE_TIME)  # a limit ended it
    result = json.loads(head)
    if reason := result.get("refused"):
        raise Unreadable(reason, result["seconds"])
    return _cut(result["pages"], files), result["seconds"]


def _cut(table: list[list[int]], files: bytes) -> list[Picture]:
    found, at = [], 0
    for width, height, large, small in table:
        middle, end = at + large, at + large + small
        found.append(Picture(width, height, files[at:middle], files[middle:end]))
        at = end
    return found

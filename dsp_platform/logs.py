"""How a line of the log is written: where it broke, never what was being handled.

The message of an exception may quote what somebody typed: PostgreSQL's "Failing row contains (…)" holds
the whole person. So of an exception only its kind is written, and the way through the code. A request that
Django refuses by itself is no fault of the code: one line with the kind of refusal, nothing of the request.
What a line says stays on that line: a name with a line end in it would otherwise write a second one that
looks like ours.
"""

import copy
import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

REFUSALS = "django.security."
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# Control characters (C0, C1, DEL), the line ends of Unicode, and what turns the direction of writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = copy.copy(record)
        told.exc_text = None
        if record.name.startswith(REFUSALS):
            told.msg, told.args, told.exc_info = "refused", None, None
            told.levelno, told.levelname = logging.WARNING, "WARNING"
        elif isinstance(record.args, tuple):
            told.args = tuple(_kind(value) for value in record.args)
        elif record.args:
            # Celery's report of a failed task: the same, as text.
            told.args = {**record.args, "exc": "", "traceback": "", "args": "", "kwargs": ""}
        return super().format(told)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _CONTROLS.sub(_escaped, super().formatMessage(record))

    def formatException(self, ei: ExcInfo) -> str:
        lines: list[str] = []
        for error in reversed(list(_chain(ei[1]))):
            lines += traceback.format_tb(error.__traceback__)
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}\n")
        return "".join(lines).rstrip()


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _kind(value: Any) -> Any:
    return type(value).__qualname__ if isinstance(value, BaseException) else value


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what caused it, and so on; a chain that bites its own tail ends."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

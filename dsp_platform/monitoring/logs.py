"""Log lines without personal data: where the code failed, never which values it was handling.

The message of an exception may quote what somebody typed: PostgreSQL's "Failing row contains (…)" holds
the whole person. So only the class of an exception and its traceback are written. A request that Django
refuses by itself is no fault of the code: one line with the kind of refusal, nothing of the request.
Control characters are escaped: a name with a line end in it could forge a second line.
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

# Control characters (C0, C1, DEL), the line ends of Unicode, and marks that change the direction of writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def configuration(level: str) -> dict[str, Any]:
    """For the setting ``LOGGING``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "dsp_platform.monitoring.logs.LineFormatter",
                "format": "{asctime} {levelname} {name} {message}",
                "style": "{",
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "celery.app.trace": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "fido2": {"level": "WARNING"},
            # They log whole addresses: of some gateways with number and text, of a webhook with its secret.
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
        },
    }


class LineFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        written = copy.copy(record)
        written.exc_text = None
        if record.name.startswith(REFUSALS):
            written.msg, written.args, written.exc_info = "refused", None, None
            written.levelno, written.levelname = logging.WARNING, "WARNING"
        elif isinstance(record.args, tuple):
            written.args = tuple(
                type(value).__qualname__ if isinstance(value, BaseException) else value
                for value in record.args
            )
        elif record.args:
            # Celery reports a failed task by name; the exception is there as text.
            written.args = {**record.args, "exc": "", "traceback": "", "args": "", "kwargs": ""}
        return super().format(written)

    def formatMessage(self, record: logging.LogRecord) -> str:
        return _CONTROLS.sub(
            lambda found: found[0].encode("unicode_escape").decode(), super().formatMessage(record)
        )

    def formatException(self, ei: ExcInfo) -> str:
        lines: list[str] = []
        for error in reversed(list(_chain(ei[1]))):
            lines += traceback.format_tb(error.__traceback__)
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}\n")
        return "".join(lines).rstrip()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, its cause, and so on; stops where the chain is circular."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

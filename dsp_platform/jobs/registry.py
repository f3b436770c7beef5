"""The kinds of long work. A kind is one function that does one step and says where to go on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Cursor = Any
"""Where to go on: any JSON value but None; None before the first step."""


@dataclass(frozen=True, slots=True)
class Step:
    """``cursor`` None ends the job; ``done`` counts what this step did.

    ``later`` is a short word for what the job waits for: it goes on at the next sweep.
    """

    cursor: Cursor
    done: int
    total: int | None = None
    result: Mapping[str, Any] | None = None
    later: str = ""


Work = Callable[[Mapping[str, Any], Cursor], Step]
"""(parameters, cursor) to the step that was done; it runs in a transaction with the job's own row."""


@dataclass(slots=True)
class Kinds:
    work: dict[str, Work] = field(default_factory=dict)


kinds = Kinds()


def register_job(kind: str, work: Work) -> None:
    kinds.work[kind] = work

"""The kinds of long work. A kind is one function that does one step and says where to go on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Cursor = Any
"""Where to go on: any JSON value but None; None before the first step."""


@dataclass(frozen=True, slots=True)
class Step:
    """``cursor`` None ends the job; ``done`` counts what this step did.

    ``later`` is a short code for what the job waits for: it goes on at the next sweep.
    """

    cursor: Cursor
    done: int
    total: int | None = None
    result: Mapping[str, Any] | None = None
    later: str = ""


Work = Callable[[Mapping[str, Any], Cursor], Step]
"""(parameters, cursor) to the step that was done; it runs in a transaction with the job's own row."""


def _nothing(_parameters: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class JobKind:
    title: str | Promise
    work: Work
    about: Callable[[Mapping[str, Any]], str] = _nothing
    """The parameters, in words."""
    code_label: Callable[[str], str] = str
    """What a step waits for, or the text of a result, in words; a code it does not know as it is."""
    result_label: Callable[[str], str] = str
    """The name of a result, in words."""


@dataclass(slots=True)
class Kinds:
    registered: dict[str, JobKind] = field(default_factory=dict)

    def title(self, kind: str) -> str:
        return str(self.registered[kind].title) if kind in self.registered else kind


kinds = Kinds()


def register_job(kind: str, title: str | Promise, work: Work, **labels: Any) -> None:
    """``labels``: the further fields of ``JobKind``."""
    kinds.registered[kind] = JobKind(title, work, **labels)

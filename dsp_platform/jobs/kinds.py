"""The kinds of long work. Each is a function that does one step and returns where the next one starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dsp_platform.translations.label import Label

Cursor = Any
"""Where the next step starts: any JSON value but None; None before the first step."""


@dataclass(frozen=True, slots=True)
class JobStep:
    """``cursor`` None ends the job; ``done`` counts what this step did.

    ``later`` is a short code for what the job waits for: it goes on at the next sweep.
    """

    cursor: Cursor
    done: int
    total: int | None = None
    result: Mapping[str, Any] | None = None
    later: str = ""


Work = Callable[[Mapping[str, Any], Cursor], JobStep]
"""(parameters, cursor) -> the step that was done. Called in the transaction that updates the job's row."""


def _unknown(_parameters: Mapping[str, Any], _cursor: Cursor) -> JobStep:
    raise KeyError("unknown kind of job")


@dataclass(frozen=True, slots=True)
class JobKind:
    title: Label
    work: Work
    about: Callable[[Mapping[str, Any]], str] = lambda _parameters: ""
    """Shows the parameters."""
    code_label: Callable[[str], str] = str
    """Shows what a step waits for, or the text of a result; an unknown code as it is."""
    result_label: Callable[[str], str] = str
    """Shows the name of a result."""


@dataclass(slots=True)
class Kinds:
    registered: dict[str, JobKind] = field(default_factory=dict)

    def of(self, name: str) -> JobKind:
        """For a kind that only an earlier release knew, one that shows the codes and cannot run."""
        return self.registered.get(name) or JobKind(name, _unknown)


kinds = Kinds()


def register_job(kind: str, title: Label, work: Work, **labels: Any) -> None:
    """``labels``: the further fields of ``JobKind``."""
    kinds.registered[kind] = JobKind(title, work, **labels)

"""How a job is shown: its subject, progress, result and error."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from dsp_platform.jobs.kinds import JobKind, kinds
from dsp_platform.jobs.models import Job


def about(job: Job) -> str:
    return kinds.of(job.kind).about(job.parameters) or "–"


def problem(job: Job) -> str:
    """Why it waits or failed. Of an error only the class is stored; the log has the job and the time."""
    if not job.error:
        return "–"
    label = kinds.of(job.kind).code_label(job.error)
    if label != job.error:
        return label
    return _("It broke down (%(error)s). The log says where.") % {"error": label}


def result(job: Job) -> str:
    return _lines(kinds.of(job.kind), job.result) or "–"


def _lines(kind: JobKind, value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{kind.result_label(name)}: {_lines(kind, one)}" for name, one in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return kind.code_label(value) if isinstance(value, str) else str(value)


def bar(job: Job) -> str:
    if not job.total:
        return f"{job.done:,}"
    share = min(100, job.done * 100 // job.total)
    return format_html(
        '<progress value="{}" max="{}">{}%</progress> {} / {} ({}%)',
        min(job.done, job.total), job.total, share, f"{job.done:,}", f"{job.total:,}", share,
    )  # fmt: skip

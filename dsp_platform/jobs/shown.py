"""How a run of long work is shown: what it does, for whom, how far it is, what came of it."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from dsp_platform.exchange.contract import name_of
from dsp_platform.exchange.ledger import reasons
from dsp_platform.exchange.models import Operator
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.words import RESULTS


def about(job: Job) -> str:
    """The operator, the kind of record, the reason."""
    given = job.parameters
    operator = Operator.objects.filter(pk=given.get("operator")).first() if given.get("operator") else None
    named = (
        str(operator or given.get("operator") or ""),
        name_of(given.get("kind", "")),
        reasons.in_words(given.get("reason", "")),
    )
    return " · ".join(one for one in named if one) or "–"


def problem(job: Job) -> str:
    """Why it waits or failed. Of an error only its kind is kept; the log says where it was."""
    if not job.error:
        return "–"
    words = reasons.in_words(job.error)
    return (
        words
        if words != job.error
        else _("It broke down (%(error)s). The log says where.") % {"error": words}
    )


def result(job: Job) -> str:
    return _lines(job.result) or "–"


def _lines(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{_named(name)}: {_lines(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return reasons.in_words(value) if isinstance(value, str) else str(value)


def _named(name: str) -> str:
    return str(RESULTS.get(name, name_of(name)))


def bar(job: Job) -> str:
    if not job.total:
        return f"{job.done:,}"
    share = min(100, job.done * 100 // job.total)
    return format_html(
        '<progress value="{}" max="{}">{}%</progress> {} / {} ({}%)',
        min(job.done, job.total), job.total, share, f"{job.done:,}", f"{job.total:,}", share,
    )  # fmt: skip

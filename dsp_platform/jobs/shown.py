"""How a run of long work is shown: what it does, for whom, how far it is."""

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from dsp_platform.jobs.models import Job

WORK = {
    "first_fill": _("First fill of an operator"),
    "withdraw_all": _("Withdrawal after an agreement ended"),
    "release_held": _("Release of what was held"),
    "reconcile": _("Comparison with an operator"),
    "reconsider": _("Looking again at whom an agreement concerns"),
    "expired_levels": _("Telling of poverty levels that ran out"),
}


def work(kind: str) -> str:
    return str(WORK.get(kind, kind))


def about(job: Job) -> str:
    """Codes only: the operator, the kind of record, the reason."""
    named = (job.parameters.get(name) for name in ("operator", "kind", "reason"))
    return " · ".join(str(value) for value in named if value) or "–"


def bar(job: Job) -> str:
    if not job.total:
        return f"{job.done:,}"
    share = min(100, job.done * 100 // job.total)
    return format_html(
        '<progress value="{}" max="{}">{}%</progress> {} / {} ({}%)',
        min(job.done, job.total), job.total, share, f"{job.done:,}", f"{job.total:,}", share,
    )  # fmt: skip

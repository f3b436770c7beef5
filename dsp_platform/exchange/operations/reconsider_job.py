"""Each night a job for each agreement in force: whom it concerns by now (``operations.reconsider``)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.background.faults import apart
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger.jobs import register_operator_job
from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.exchange.operations.reconsider import reconsider_page
from dsp_platform.jobs.kinds import Cursor, JobStep
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import create_job

KIND = "reconsider"


def step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """Nothing for an agreement that ended meanwhile: its records are being withdrawn."""
    agreement = agreements_in_force().filter(pk=parameters["agreement"]).first()
    if agreement is None:
        return JobStep(cursor=None, done=0)
    page = reconsider_page(agreement, int(cursor or 0))
    return JobStep(cursor=page.after, done=page.examined)


def reconsider_all() -> None:
    """No second job for an agreement whose last one has not ended."""
    open_ones = Job.objects.filter(kind=KIND, state__in=(Job.State.WAITING, Job.State.RUNNING))
    running = set(open_ones.values_list("parameters__agreement", flat=True))
    for agreement in agreements_in_force():
        if agreement.pk not in running and agreement.kind in registered.kinds:
            with apart("exchange.reconsider"):
                create_job(kind=KIND, parameters={"agreement": agreement.pk}, created_by=None)


register_operator_job(KIND, _("Looking again at whom an agreement concerns"), step)

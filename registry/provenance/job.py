"""All open conflicts about one field of one source, decided alike: a job, because there may be many."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.casework.errors import InConflict
from dsp_platform.casework.refusals import refusals_recorded
from dsp_platform.jobs.kinds import Cursor, JobStep, register_job
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import create_job
from registry.provenance.deciding import decide_conflict
from registry.provenance.selectors import open_conflicts

KIND = "decide_conflicts"
PAGE = 100


def decide_all(*, source: str, field: str, take: bool, shown: int, actor: User) -> Job:
    """Those that are open now. ``shown``: the key of the newest that the steward saw; later ones wait."""
    with transaction.atomic():
        parameters = {"source": source, "field": field, "take": take, "to": shown, "by": actor.pk}
        job = create_job(kind=KIND, parameters=parameters, created_by=actor)
        audit.record(actor=actor, action="decide_conflicts", subject_kind="job", subject_id=job.pk)
        return job


def decide_page(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """What cannot be taken, or is about a relative of the steward, stays open: ``left`` counts them."""
    done, left = (cursor or [0, 0])[0], (cursor or [0, 0])[1]
    actor = User.objects.get(pk=parameters["by"])
    waiting = open_conflicts(parameters["source"], parameters["field"])
    page = list(waiting.filter(pk__gt=done, pk__lte=parameters["to"]).order_by("pk")[:PAGE])
    for conflict in page:
        try:
            with refusals_recorded(actor, "person", conflict.person_id), transaction.atomic():
                decide_conflict(conflict=conflict, take=parameters["take"], actor=actor)
        except (ValidationError, InConflict):
            left += 1
    cursor = [page[-1].pk, left] if len(page) == PAGE else None
    return JobStep(cursor=cursor, done=len(page), result={"left": left})


def _about(parameters: Mapping[str, Any]) -> str:
    return f"{parameters['source']}, {parameters['field']}"


def register_jobs() -> None:
    register_job(
        KIND,
        _("Deciding conflicts of a source"),
        decide_page,
        about=_about,
        result_label=lambda name: str(_("left open")) if name == "left" else name,
    )

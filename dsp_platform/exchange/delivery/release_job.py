"""The job that releases all records of an operator held for one reason, page by page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.exchange.delivery import release
from dsp_platform.exchange.ledger.jobs import register_operator_job
from dsp_platform.jobs.kinds import Cursor, JobStep
from dsp_platform.jobs.models import Job
from dsp_platform.jobs.services import create_job

KIND = "release_held"


def release_step(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    following, released = release.release_page(
        operator=parameters["operator"], reason=parameters["reason"], after=int(cursor or 0)
    )
    return JobStep(cursor=following, done=released, total=parameters.get("rows"))


def release_held(*, operator: str, reason: str, rows: int, actor: User) -> Job:
    """Runs in the caller's transaction. ``rows`` is the number that the steward was shown."""
    parameters = {"operator": operator, "reason": reason, "rows": rows}
    audit.record(actor=actor, action="retry", subject_kind="ledger", details=parameters)
    return create_job(kind=KIND, parameters=parameters, created_by=actor)


register_operator_job(KIND, _("Release of what was held"), release_step)

"""After an agreement ended and none follows: withdraw the operator's records, page by page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.ledger.jobs import create_for_new_agreements, register_operator_job
from dsp_platform.jobs.kinds import Cursor, JobStep

KIND = "withdraw_all"


def withdraw_page(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """Entries that are due for a withdrawal already are skipped, so a step may be repeated."""
    about = {"operator": parameters["operator"], "kind": parameters["kind"]}
    total = agreements.still_wanted(**about) if cursor is None else None
    done, following = agreements.withdraw_next_page(**about, after=int(cursor or 0))
    return JobStep(cursor=following, done=done, total=total)


def withdraw_ended_agreements() -> None:
    """One job for each agreement that ended and has none yet. A small one was withdrawn when it ended."""
    create_for_new_agreements(KIND, agreements.last_ended())


register_operator_job(KIND, _("Withdrawal after an agreement ended"), withdraw_page)

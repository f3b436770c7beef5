"""After an agreement ended without another in its place: withdraw what the operator holds, page by page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.agreements import services as agreements
from dsp_platform.exchange.ledger.jobs import create_for_new_agreements, register_operator_job
from dsp_platform.jobs.kinds import Cursor, Step

KIND = "withdraw_all"


def withdraw_page(parameters: Mapping[str, Any], cursor: Cursor) -> Step:
    """What is on its way out already is left alone, so a step may be done again."""
    about = {"operator": parameters["operator"], "kind": parameters["kind"]}
    total = agreements.still_wanted(**about) if cursor is None else None
    done, following = agreements.withdraw_some(**about, after=int(cursor or 0))
    return Step(cursor=following, done=done, total=total)


def withdraw_ended_agreements() -> None:
    """One job for each agreement that ended and has none yet. A small one was done when it was ended."""
    create_for_new_agreements(KIND, agreements.last_ended())


register_operator_job(KIND, _("Withdrawal after an agreement ended"), withdraw_page)

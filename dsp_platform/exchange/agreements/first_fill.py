"""First fill: announce the whole population of a kind to one operator, page by page."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger import services as exchange
from dsp_platform.exchange.ledger.jobs import create_for_new_agreements, register_operator_job
from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.jobs.kinds import Cursor, JobStep

KIND = "first_fill"
# A fifth faster than 1000, and a larger page gains nothing; live changes of these rows wait for the page.
PAGE = 2000


def fill_page(parameters: Mapping[str, Any], cursor: Cursor) -> JobStep:
    """Entries that are up to date are not changed, so a fill may be repeated at any time."""
    kind = registered.kinds[parameters["kind"]]
    page = list(kind.population(int(cursor or 0), PAGE))
    exchange.announce(kind=kind.name, subjects=page, operators=[parameters["operator"]], backlog=True)
    more = len(page) == PAGE
    total = kind.size() if cursor is None else None
    return JobStep(cursor=page[-1][0] if more else None, done=len(page), total=total)


def fill_new_agreements() -> None:
    """One job for each agreement in force that has none yet: also when its first day comes."""
    known = [agreement for agreement in agreements_in_force() if agreement.kind in registered.kinds]
    create_for_new_agreements(KIND, known)


register_operator_job(KIND, _("First fill of an operator"), fill_page)

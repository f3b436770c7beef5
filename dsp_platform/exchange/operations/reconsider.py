"""What changes by the passing of days alone: nobody announces a birthday, or that a poverty level ran out.

Whom an agreement concerns now is compared with whom the ledger wants it to hold, page by page of the whole
population. Only where they differ is anything announced; in a quiet night nothing is written.
"""

from typing import NamedTuple

from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger import services
from dsp_platform.exchange.models import Agreement, LedgerEntry

PAGE = 5000


class Page(NamedTuple):
    """``after`` is where the next page begins, None when this was the last."""

    after: int | None
    looked_at: int
    differing: int


def reconsider_page(agreement: Agreement, after: int, limit: int = PAGE) -> Page:
    """Runs in a transaction, as ``announce`` asks."""
    kind = registered.kinds[agreement.kind]
    page = dict(kind.population(after, limit))
    last = max(page) if len(page) == limit else None
    entries = LedgerEntry.objects.filter(
        operator=agreement.operator_id, kind=agreement.kind, subject_id__gt=after
    )
    if last is not None:
        entries = entries.filter(subject_id__lte=last)
    held = dict(entries.exclude(agreement=None).values_list("subject_id", "agreement_id"))
    concerned = kind.concerned(agreement, list(page))
    differing = {subject for subject in concerned if held.get(subject) != agreement.pk}
    differing |= held.keys() - concerned
    services.announce(
        kind=agreement.kind,
        # Who is held and no longer in the population, as the second record of somebody, has version 0 here.
        subjects=[(subject, page.get(subject, 0)) for subject in sorted(differing)],
        operators=[agreement.operator_id],
    )
    return Page(last, len(page), len(differing))

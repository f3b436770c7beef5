"""What changes with the date alone, which nothing announces: birthdays, poverty levels that expire.

Whom an agreement concerns now is compared with the entries of the ledger, page by page of the whole
population. Only differences are announced; without any nothing is written.
"""

from typing import NamedTuple

from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger import services
from dsp_platform.exchange.models import Agreement, LedgerEntry

PAGE = 5000


class Page(NamedTuple):
    """``after`` is where the next page begins, None when this was the last."""

    after: int | None
    examined: int
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
    wanted = dict(entries.exclude(agreement=None).values_list("subject_id", "agreement_id"))
    concerned = kind.concerned(agreement, list(page))
    differing = {subject for subject in concerned if wanted.get(subject) != agreement.pk}
    differing |= wanted.keys() - concerned
    services.announce(
        kind=agreement.kind,
        # Version 0 for subjects that have left the population, as a record that was merged into another.
        subjects=[(subject, page.get(subject, 0)) for subject in sorted(differing)],
        operators=[agreement.operator_id],
    )
    return Page(last, len(page), len(differing))

"""Release of held deliveries, page by page, so that row locks are short."""

from django.db import connection, transaction
from django.db.models import QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.background import workers
from dsp_platform.exchange.ledger import entries as ledger
from dsp_platform.exchange.models import LedgerEntry

PAGE = 2000

_HELD = """
SELECT entry_id FROM exchange_outstanding
WHERE operator_id = %s AND held AND entry_id > %s ORDER BY entry_id LIMIT %s
"""


def release_page(*, operator: str, reason: str, after: int) -> tuple[int | None, int]:
    """Release those of the next page that are held for this reason: (the last entry of the page, how many).

    Entries that are refused again meanwhile come before the next page and are not released twice.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_HELD, [operator, after, PAGE])
            page = [entry for (entry,) in cursor.fetchall()]
        released = _retry(LedgerEntry.objects.filter(pk__in=page, reason=reason))
    return (page[-1] if len(page) == PAGE else None), len(released)


def _retry(entries: QuerySet[LedgerEntry]) -> list[str]:
    # The lock order of announcements and drains; avoids deadlocks.
    locked = entries.select_for_update(of=("self",)).order_by("operator_id", "subject_id")
    operators = ledger.retry(locked.values_list("pk", flat=True))
    workers.notify_on_commit("exchange.drain", set(operators))
    return operators


def retry_entries(*, entries: QuerySet[LedgerEntry], actor: User) -> int:
    """Try again what is held or waiting. Entries in flight are not changed."""
    changed = 0
    after = 0
    while page := list(entries.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:PAGE]):
        with transaction.atomic():
            operators = _retry(LedgerEntry.objects.filter(pk__in=page))
            details = {"rows": len(operators)}
            audit.record(actor=actor, action="retry", subject_kind="ledger", details=details)
        changed += len(operators)
        after = page[-1]
    return changed

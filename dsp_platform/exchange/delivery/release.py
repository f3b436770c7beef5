"""Held deliveries let go in bulk, page by page: no change waits long for a row, no list of all is kept."""

from collections.abc import Iterable
from datetime import time

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dsp_platform import workers
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.exchange.ledger import entries as ledger
from dsp_platform.exchange.models import LedgerEntry, Operator

PAGE = 2000

_HELD = """
SELECT entry_id FROM exchange_outstanding
WHERE operator_id = %s AND held AND entry_id > %s ORDER BY entry_id LIMIT %s
"""


def release_page(*, operator: str, reason: str, after: int) -> tuple[int | None, int]:
    """Release those of the next page that are held for this reason: (where to go on, how many).

    What is refused again meanwhile lies behind and is not released twice.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_HELD, [operator, after, PAGE])
            page = [entry for (entry,) in cursor.fetchall()]
        released = _retry(LedgerEntry.objects.filter(pk__in=page, reason=reason))
    return (page[-1] if len(page) == PAGE else None), len(released)


def _retry(entries: QuerySet[LedgerEntry]) -> list[str]:
    # Taken in the order in which changes and drains take them, so that nobody waits in a circle.
    mine = entries.select_for_update(of=("self",)).order_by("operator_id", "subject_id")
    operators = ledger.retry(mine.values_list("pk", flat=True))
    workers.notify_on_commit("exchange.drain", set(operators))
    return operators


def retry_entries(*, entries: QuerySet[LedgerEntry], actor: User) -> int:
    """Try again what is held or waiting. What a drain has in its hands is left to it."""
    changed = 0
    for page in _pages(entries):
        with transaction.atomic():
            operators = _retry(LedgerEntry.objects.filter(pk__in=page))
            details = {"rows": len(operators)}
            audit.record(actor=actor, action="retry", subject_kind="ledger", details=details)
        changed += len(operators)
    return changed


def _pages(entries: QuerySet[LedgerEntry]) -> Iterable[list[int]]:
    after = 0
    while page := list(entries.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:PAGE]):
        yield page
        after = page[-1]


def check_pace(*, rate_per_minute: int | None, quiet_from: time | None, quiet_to: time | None) -> None:
    """Raises ValidationError."""
    if rate_per_minute == 0:
        raise ValidationError({"rate_per_minute": _("To send nothing, pause the operator.")})
    if (quiet_from is None) != (quiet_to is None) or (quiet_from and quiet_from == quiet_to):
        raise ValidationError({"quiet_to": _("Quiet hours have a beginning and another end.")})


def set_pace(
    *,
    operator: Operator,
    rate_per_minute: int | None,
    quiet_from: time | None,
    quiet_to: time | None,
    actor: User,
) -> None:
    """How fast and when an operator is spoken to. Raises ValidationError."""
    check_pace(rate_per_minute=rate_per_minute, quiet_from=quiet_from, quiet_to=quiet_to)
    pace = {"rate_per_minute": rate_per_minute, "quiet_from": quiet_from, "quiet_to": quiet_to}
    details = {name: str(value) if isinstance(value, time) else value for name, value in pace.items()}
    with transaction.atomic():
        Operator.objects.filter(pk=operator.pk).update(**pace)
        audit.record(
            actor=actor,
            action="pace",
            subject_kind="operator",
            details={"operator": operator.pk, **details},
        )
        workers.notify_on_commit("exchange.drain", [operator.pk])

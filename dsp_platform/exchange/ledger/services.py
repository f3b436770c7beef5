"""The entry point for the domains: what must be delivered."""

from collections.abc import Collection, Iterable

from django.db import connection

from dsp_platform.background import workers
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger import entries
from dsp_platform.exchange.ledger.selectors import agreements_in_force


def announce(
    *,
    kind: str,
    subjects: Iterable[tuple[int, int]],
    operators: Collection[str] | None = None,
    backlog: bool = False,
) -> None:
    """Make these changed ``(subject_id, version)`` due at every operator that is to have them or has a copy.

    Runs inside the transaction of the change. ``operators`` limits it to some operators; ``backlog`` gives
    live changes priority (first fill).
    """
    if not connection.in_atomic_block:
        raise RuntimeError("announce() belongs inside the transaction of the change it announces")
    changed = list(subjects)
    if not changed:
        return
    ids = [subject for subject, _version in changed]
    agreements = agreements_in_force(kind)
    if operators is not None:
        agreements = agreements.filter(operator__in=operators)
    concerned = [
        (agreement.operator_id, agreement.pk, subject)
        for agreement in agreements
        for subject in registered.kinds[kind].concerned(agreement, ids)
    ]
    work = entries.upsert(kind=kind, subjects=changed, concerned=concerned, only=operators, backlog=backlog)
    workers.notify_on_commit("exchange.drain", work)

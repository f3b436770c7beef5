"""The entry point for the domains: what must be delivered."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db import connection

from dsp_platform.background import workers
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.ledger import entries
from dsp_platform.exchange.ledger.selectors import agreements_in_force
from dsp_platform.exchange.models import Agreement


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
    agreements = agreements_in_force(kind)
    if operators is not None:
        agreements = agreements.filter(operator__in=operators)
    concerned = _concerned(kind, agreements, changed)
    work = entries.upsert(kind=kind, subjects=changed, concerned=concerned, only=operators, backlog=backlog)
    workers.notify_on_commit("exchange.drain", work)


def announce_new(subjects: Mapping[str, Sequence[tuple[int, int]]]) -> None:
    """``announce`` for subjects, by kind, that this transaction has created: nobody has a copy of them, so
    that nothing is due at operators whom no agreement entitles to them."""
    if not connection.in_atomic_block:
        raise RuntimeError("announce_new() belongs inside the transaction of what it announces")
    agreements = list(agreements_in_force(*subjects))
    for kind, changed in subjects.items():
        concerned = _concerned(kind, [one for one in agreements if one.kind == kind], changed)
        if concerned:
            work = entries.upsert(kind=kind, subjects=changed, concerned=concerned)
            workers.notify_on_commit("exchange.drain", work)


def _concerned(
    kind: str, agreements: Iterable[Agreement], subjects: Sequence[tuple[int, int]]
) -> list[tuple[str, int, int]]:
    ids = [subject for subject, _version in subjects]
    found = registered.kinds[kind].concerned_by_each(list(agreements), ids)
    return [(agreement.operator_id, agreement.pk, subject) for agreement, subject in found]

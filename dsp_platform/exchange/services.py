"""The door of the exchange: what must be delivered, and what operators report."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from dsp_platform import nudge
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.exchange import ledger
from dsp_platform.exchange.agreements import approve_agreement as approve_agreement
from dsp_platform.exchange.agreements import draft_from as draft_from
from dsp_platform.exchange.agreements import end_agreement as end_agreement
from dsp_platform.exchange.agreements import end_expired_agreements as end_expired_agreements
from dsp_platform.exchange.agreements import require_known_fields as require_known_fields
from dsp_platform.exchange.agreements import require_sound_rule as require_sound_rule
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.days import is_plausible
from dsp_platform.exchange.models import Operator, StatusReport
from dsp_platform.exchange.retention import kept_since
from dsp_platform.exchange.sealed import sealed
from dsp_platform.exchange.selectors import agreements_in_force


def announce(
    *,
    kind: str,
    subjects: Iterable[tuple[int, int]],
    operators: Collection[str] | None = None,
    backlog: bool = False,
) -> None:
    """Note that these ``(subject_id, version)`` changed; whoever may hold them will be brought up to date.

    Runs inside the transaction of the change. ``operators`` limits it to some operators; ``backlog`` lets
    live changes go before (first fill).
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
    work = ledger.upsert(kind=kind, subjects=changed, concerned=concerned, only=operators, backlog=backlog)
    nudge.on_commit("exchange.drain", work)


def store_report(
    *,
    operator: Operator,
    reference: str,
    kind: str,
    subject: str,
    status: str,
    values: Mapping[str, str] | None = None,
    occurred_at: datetime | None = None,
) -> StatusReport:
    """Store what an operator reported, once per operator and reference; it is handled after commit."""
    moment = occurred_at or timezone.now()
    believed = is_plausible(moment)
    report, _created = StatusReport.objects.get_or_create(
        operator=operator,
        reference=reference,
        defaults={
            "kind": kind,
            "subject": subject,
            "status": status,
            "values": sealed(values or {}),
            "occurred_at": moment if believed else timezone.now(),
            "state": StatusReport.State.RECEIVED if believed else StatusReport.State.HELD,
            "reason": "" if believed else "invalid_date",
        },
    )
    nudge.on_commit("exchange.pull", [operator.pk])
    return report


def pause(*, operator: Operator, actor: User) -> None:
    with transaction.atomic():
        Operator.objects.filter(pk=operator.pk, paused_at=None).update(paused_at=timezone.now())
        _note(actor, "pause", operator)


def resume(*, operator: Operator, actor: User) -> None:
    """Also forgets past failures: a steward who resumes an operator knows that it answers again."""
    with transaction.atomic():
        Operator.objects.filter(pk=operator.pk).update(paused_at=None, failures=0, retry_at=None)
        _note(actor, "resume", operator)
        nudge.on_commit("exchange.drain", [operator.pk])


def _note(actor: User, action: str, operator: Operator) -> None:
    audit.record(actor=actor, action=action, subject_kind="operator", details={"operator": operator.pk})


def retry_reports(*, reports: QuerySet[StatusReport], actor: User) -> int:
    """Those that are held and still have their values: without them a report says something else."""
    with transaction.atomic():
        changed = reports.filter(state=StatusReport.State.HELD, received_at__gte=kept_since()).update(
            state=StatusReport.State.RECEIVED, reason="", attempts=0, not_before=Now()
        )
        audit.record(actor=actor, action="retry", subject_kind="report", details={"rows": changed})
    return changed

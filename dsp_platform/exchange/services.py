"""The door of the exchange: what must be delivered, and what operators report."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform import nudge
from dsp_platform.accounts.models import User
from dsp_platform.audit import services as audit
from dsp_platform.exchange import ledger
from dsp_platform.exchange.contract import registered
from dsp_platform.exchange.models import Agreement, LedgerEntry, Operator, StatusReport
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
    report, _created = StatusReport.objects.get_or_create(
        operator=operator,
        reference=reference,
        defaults={
            "kind": kind,
            "subject": subject,
            "status": status,
            "values": dict(values or {}),
            "occurred_at": occurred_at or timezone.now(),
        },
    )
    nudge.on_commit("exchange.pull", [operator.pk])
    return report


def approve_agreement(*, agreement: Agreement, actor: User) -> None:
    """Put a draft in force and end the one it replaces. Raises ValidationError."""
    with transaction.atomic():
        draft = Agreement.objects.select_for_update().get(pk=agreement.pk, state=Agreement.State.DRAFT)
        if draft.drafted_by_id == actor.pk:
            raise ValidationError(_("The person who drafted an agreement cannot approve it."))
        require_known_fields(draft)
        require_sound_rule(draft)
        draft.clean()
        Agreement.objects.filter(
            operator=draft.operator, kind=draft.kind, state=Agreement.State.APPROVED
        ).update(state=Agreement.State.ENDED, valid_to=timezone.localdate())
        draft.state, draft.approved_by, draft.approved_at = Agreement.State.APPROVED, actor, timezone.now()
        draft.save()
        audit.record(actor=actor, action="approve", subject_kind="agreement", subject_id=draft.pk)


def require_sound_rule(agreement: Agreement) -> None:
    """A rule with a mistake would concern nobody, and so take back what the operator holds."""
    if agreement.concerns != Agreement.Concerns.APPLICANTS:
        for check in registered.rule_checks:
            check(agreement.rule)


def require_known_fields(agreement: Agreement) -> None:
    kind = registered.kinds.get(agreement.kind)
    if kind is None:
        raise ValidationError(_("There is no kind of record named “%(kind)s”.") % {"kind": agreement.kind})
    unknown = sorted(set(agreement.fields) - set(kind.fields))
    if unknown:
        raise ValidationError(_("These fields do not exist: %(fields)s.") % {"fields": ", ".join(unknown)})


def end_agreement(*, agreement: Agreement, actor: User | None) -> None:
    """Nothing more is shared under it; what the operator holds is withdrawn."""
    with transaction.atomic():
        held = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if held.state != Agreement.State.APPROVED:
            return
        held.state, held.valid_to = (
            Agreement.State.ENDED,
            min(held.valid_to or date.max, timezone.localdate()),
        )
        held.save()
        audit.record(actor=actor, action="end", subject_kind="agreement", subject_id=held.pk)
        ledger.want_nothing(operator=held.operator_id, kind=held.kind)
        nudge.on_commit("exchange.drain", [held.operator_id])


def end_expired_agreements() -> None:
    expired = Agreement.objects.filter(state=Agreement.State.APPROVED, valid_to__lt=timezone.localdate())
    for agreement in expired:
        end_agreement(agreement=agreement, actor=None)


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


def retry_entries(*, entries: QuerySet[LedgerEntry], actor: User) -> int:
    """Try again what is held or waiting. What a drain has in its hands is left to it."""
    with transaction.atomic():
        operators = ledger.retry(entries.order_by().values_list("pk", flat=True))
        audit.record(actor=actor, action="retry", subject_kind="ledger", details={"rows": len(operators)})
        nudge.on_commit("exchange.drain", set(operators))
    return len(operators)


def retry_reports(*, reports: QuerySet[StatusReport], actor: User) -> int:
    with transaction.atomic():
        changed = reports.filter(state=StatusReport.State.HELD).update(
            state=StatusReport.State.RECEIVED, reason="", attempts=0, not_before=timezone.now()
        )
        audit.record(actor=actor, action="retry", subject_kind="report", details={"rows": changed})
    return changed

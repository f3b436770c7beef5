"""What a decree says of a day: one steward proposes it, another one approves it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsp_platform.approval import contract
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.errors import NothingChanges
from dsp_platform.approval.models import Proposal
from dsp_platform.audit import services as audit
from dsp_platform.database import locks
from dsp_platform.database.locks import LockName
from dsp_platform.working_days.calendar import working_days
from dsp_platform.working_days.models import DecreedDay

DAY, DECREE = "decreed_day", "decree"


def propose_day(*, day: date, rule: str, decree: str, actor: AbstractBaseUser) -> Proposal:
    """Raises NothingChanges, and as ``approval.propose``."""
    payload = {"rule": DecreedDay.Rule(rule).value, "decree": decree}
    if _decreed(day.isoformat()) == payload:
        raise NothingChanges
    return approval.propose(kind=DAY, act=DECREE, subject=day.isoformat(), payload=payload, actor=actor)


def _decreed(subject: str) -> dict[str, str] | None:
    row = DecreedDay.objects.filter(day=subject).first()
    return {"rule": row.rule, "decree": row.decree} if row else None


class DecreedDayKind(contract.ProposalKind):
    code = DAY
    title = gettext_lazy("Day by decree")

    def lock(self, subject: str) -> None:
        """Also of a day that has no row yet."""
        locks.lock(LockName.DECREED_DAY, subject)

    def state(self, act: str, subject: str) -> dict[str, Any]:
        return {"decreed": _decreed(subject), "works": working_days().is_working(date.fromisoformat(subject))}

    def name(self, proposal: Proposal) -> str:
        rule = DecreedDay.Rule(proposal.payload["rule"]).label
        day = date_format(date.fromisoformat(proposal.subject), "SHORT_DATE_FORMAT")
        return _("%(day)s by decree: %(rule)s") % {"day": day, "rule": rule}

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        decreed, works = proposal.before["decreed"], proposal.before["works"]
        now = DecreedDay.Rule.WORKING if works else DecreedDay.Rule.OFF
        was = decreed["rule"] if decreed else now
        rules = [str(DecreedDay.Rule(rule).label) for rule in (was, proposal.payload["rule"])]
        decree = decreed["decree"] if decreed else ""
        return [
            DiffLine(_("Day"), "", date_format(date.fromisoformat(proposal.subject), "DATE_FORMAT")),
            DiffLine(_("What it is"), *rules),
            DiffLine(_("Decree"), decree, proposal.payload["decree"]),
        ]

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        return [
            _("Deadlines that run over this day are set anew within minutes, and people read the new day."),
            _("Deadlines that have passed stay as they were."),
        ]

    def carry_out(self, proposal: Proposal) -> str:
        decided: Any = {"approved_by_id": proposal.decided_by_id, "approved_at": proposal.decided_at}
        row, _created = DecreedDay.objects.update_or_create(
            day=proposal.subject,
            defaults={**proposal.payload, "proposed_by_id": proposal.proposed_by_id, **decided},
        )
        audit.record(
            actor=proposal.decided_by,
            action="decree_day",
            subject_kind="decreedday",
            subject_id=row.pk,
            details={"proposal": proposal.pk},
        )
        return ""

    def page(self, proposal: Proposal) -> str:
        return reverse("admin:working_days_decreedday_changelist")


contract.register(DecreedDayKind())

"""Rule, amounts and opening of a programme change when one steward proposed it and another approved it."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import EllipsisType
from typing import Any, cast

import pghistory
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.approval import contract
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import Line
from dsp_platform.approval.errors import NothingChanges
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.standing import plain
from dsp_platform.audit import services as audit
from registry.models import Benefit, Programme
from registry.services import programme_words

PROGRAMME = "programme"
CHANGE = "change"
GUARDED = ("rule", "state", "takes_applications", "appeal_days")
"""What no steward changes alone, beside the amounts: who may be entitled, and who can apply or appeal."""
BENEFIT = (
    "kind", "label_km", "label_en", "amount", "percent", "per_km", "per_en", "valid_from", "precision",
    "valid_to", "confidential", "source_km", "source_en",
)  # fmt: skip
"""What is proposed of an amount, beside the number of the row it stands in."""


def described(benefit: Benefit) -> dict[str, Any]:
    return {"id": benefit.pk, **{name: getattr(benefit, name) for name in BENEFIT}}


def amounts_now(programme: Programme) -> list[dict[str, Any]]:
    return [described(benefit) for benefit in programme.benefits.order_by("pk")]


def propose_programme_change(
    *,
    programme: Programme,
    rule: str,
    benefits: Sequence[Mapping[str, Any]],
    actor: User,
    effective_from: date | None = None,
    state: str | None = None,
    takes_applications: bool | None = None,
    appeal_days: int | EllipsisType | None = ...,
    reason: str = "",
) -> Proposal:
    """``benefits`` as ``described``, all that there will be; ``id`` None is a new one.

    Whether one can apply or appeal stays as it is where that is not given. Raises
    WaitsAlready, Breaks, NobodyCanApprove, and NothingChanges where everything is what it is.
    """
    now = Programme.objects.get(pk=programme.pk)
    wanted = {
        "rule": rule,
        "state": now.state if state is None else state,
        "takes_applications": now.takes_applications if takes_applications is None else takes_applications,
        "appeal_days": now.appeal_days if appeal_days is ... else appeal_days,
        "benefits": list(benefits),
    }
    stands = {name: getattr(now, name) for name in GUARDED} | {"benefits": amounts_now(now)}
    if plain(wanted) == plain(stands):
        raise NothingChanges
    return approval.propose(
        kind=PROGRAMME,
        act=CHANGE,
        subject=str(programme.pk),
        payload=wanted,
        actor=actor,
        effective_from=effective_from,
        reason=reason,
    )


class ProgrammeKind(contract.Kind):
    code = PROGRAMME
    title = gettext_lazy("Rule, amounts and opening of a programme")
    rests_on = ("code", "operator", "payer")

    def lock(self, subject: str) -> None:
        Programme.objects.select_for_update(no_key=True).get(pk=subject)

    def state(self, act: str, subject: str) -> dict[str, Any]:
        programme = Programme.objects.get(pk=subject)
        return {
            "code": programme.code,
            **{name: getattr(programme, name) for name in ("name_km", "name_en")},
            "operator": programme.operator_id,
            "payer": programme.payer_id,
            **{name: getattr(programme, name) for name in GUARDED},
            "rule_version": programme.rule_version,
            "benefits": amounts_now(programme),
        }

    def changes(self, proposal: Proposal) -> set[str]:
        before, after = proposal.before, proposal.payload
        changed = {name for name in (*GUARDED, "benefits") if before.get(name) != after.get(name)}
        return changed | ({"rule_version"} if "rule" in changed else set())

    def name(self, proposal: Proposal) -> str:
        """As it stood when it was proposed: what the approver reads is under the digest."""
        before = proposal.before
        names = (before.get("name_km"), before.get("name_en"))
        name = next(filter(None, names if get_language() == "km" else names[::-1]), "–")
        known = ", ".join(dict.fromkeys(filter(None, [before.get("code"), before.get("operator")])))
        return _("Rule, amounts and opening of %(programme)s") % {
            "programme": f"{name} ({known})" if known else name
        }

    def difference(self, proposal: Proposal) -> Sequence[Line]:
        return programme_words.difference(proposal)

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        return programme_words.consequences(proposal)

    def carry_out(self, proposal: Proposal) -> str:
        actor = cast(User, proposal.decided_by)
        programme = Programme.objects.get(pk=proposal.subject)
        with pghistory.context(why="keep_programme"):
            wanted = self.changes(proposal)
            changed = [name for name in GUARDED if name in wanted]
            if changed:
                programme.rule_version += "rule" in changed  # verdicts name the version they were judged by
                for name in changed:
                    setattr(programme, name, proposal.payload[name])
                programme.clean()
                programme.save(update_fields=[*changed, "rule_version"])
            if "benefits" in wanted:
                _keep_amounts(programme, proposal.payload["benefits"])
                changed.append("benefits")
            audit.record(
                actor=actor,
                action="change",
                subject_kind="programme",
                subject_id=programme.pk,
                details={"fields": changed},
            )
        return ""

    def page(self, proposal: Proposal) -> str:
        return reverse("admin:registry_programme_change", args=[proposal.subject])


def _keep_amounts(programme: Programme, wanted: Sequence[Mapping[str, Any]]) -> None:
    standing = {benefit.pk: benefit for benefit in programme.benefits.all()}
    for row in wanted:
        benefit = standing.pop(row["id"], None) if row["id"] else Benefit(programme=programme)
        if benefit is None:
            raise ValidationError(_("An amount that was to change is not there any more."))
        for name in BENEFIT:
            value = row[name]
            if name in ("valid_from", "valid_to") and value:
                value = date.fromisoformat(value)
            setattr(benefit, name, value)
        benefit.clean()
        benefit.save(update_fields=BENEFIT if benefit.pk else None)
    for benefit in standing.values():
        benefit.delete()


contract.register(ProgrammeKind())

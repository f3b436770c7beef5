"""Changes of a programme that one steward proposes and another approves."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.approval import contract
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.errors import NothingChanges
from dsp_platform.approval.models import Proposal
from dsp_platform.approval.validity import plain
from dsp_platform.audit import services as audit
from dsp_platform.database.history_context import history_context
from registry.models import Benefit, Programme
from registry.models.programme import PAGE_FIELDS
from registry.programmes.amounts import refuse_overlapping
from registry.programmes.consequences import consequences
from registry.programmes.difference import difference, publishes

PROGRAMME = "programme"
CHANGE = "change"
GUARDED = (
    *("rule", "state", "takes_applications", "appeal_days", "second_review_share", "second_review_above"),
    *PAGE_FIELDS,
)
"""What takes two stewards, as the amounts do: all that citizens read, who may be entitled, and what two
reviewers look at."""
OF_A_DRAFT = ("rule", "state")
"""The same of a draft."""
BENEFIT = (
    "kind", "label_km", "label_en", "amount", "percent", "per_km", "per_en", "valid_from", "precision",
    "valid_to", "confidential", "source_km", "source_en",
)  # fmt: skip
"""The columns of an amount that are proposed, with the id of its row."""


def described(benefit: Benefit) -> dict[str, Any]:
    return {"id": benefit.pk, **{name: getattr(benefit, name) for name in BENEFIT}}


def amounts_now(programme: Programme) -> list[dict[str, Any]]:
    return [described(benefit) for benefit in programme.benefits.order_by("pk")]


def guarded(programme: Programme) -> tuple[str, ...]:
    is_draft = programme.pk is None or programme.state == Programme.State.DRAFT
    return OF_A_DRAFT if is_draft else GUARDED


def same(old: Any, new: Any) -> bool:
    """Of one field; None and "" are the same."""
    return bool(old == new) or (old in (None, "") and new in (None, ""))


def propose_programme_change(
    *,
    programme: Programme,
    actor: User,
    benefits: Sequence[Mapping[str, Any]] | None = None,
    effective_from: date | None = None,
    reason: str = "",
    **wanted: Any,
) -> Proposal:
    """``wanted``: values of ``GUARDED``; what is not given is unchanged. ``benefits``: all that there will
    be, as ``described``; ``id`` None is a new one.

    Raises AlreadyPending, DependentProposal, NobodyCanApprove, NothingChanges, and ValidationError for two
    amounts of the same on one day.
    """
    now = Programme.objects.get(pk=programme.pk)
    current = {name: getattr(now, name) for name in GUARDED} | {"benefits": amounts_now(now)}
    if unknown := wanted.keys() - set(GUARDED):
        raise TypeError(f"not guarded: {sorted(unknown)}")
    payload = current | {name: value for name, value in wanted.items() if not same(current[name], value)}
    if benefits is not None:
        payload["benefits"] = list(benefits)
        if plain(payload)["benefits"] != plain(current)["benefits"]:
            refuse_overlapping(benefits)
    if plain(payload) == plain(current):
        raise NothingChanges
    return approval.propose(
        kind=PROGRAMME,
        act=CHANGE,
        subject=str(programme.pk),
        payload=payload,
        actor=actor,
        effective_from=effective_from,
        reason=reason,
    )


class ProgrammeKind(contract.ProposalKind):
    code = PROGRAMME
    title = gettext_lazy("What a programme says and gives")
    depends_on = ("code", "operator", "payer")

    def lock(self, subject: str) -> None:
        Programme.objects.select_for_update(no_key=True).get(pk=subject)

    def state(self, act: str, subject: str) -> dict[str, Any]:
        programme = Programme.objects.get(pk=subject)
        return {
            "code": programme.code,
            "operator": programme.operator_id,
            "payer": programme.payer_id,
            **{name: getattr(programme, name) for name in GUARDED},
            "rule_version": programme.rule_version,
            "benefits": amounts_now(programme),
        }

    def changes(self, proposal: Proposal) -> set[str]:
        changed = _differing(proposal)
        if publishes(proposal):
            changed |= {*GUARDED, "benefits"}  # nothing of it may change between approval and its day
        return changed | ({"rule_version"} if "rule" in changed else set())

    def name(self, proposal: Proposal) -> str:
        """As it was when it was proposed: the digest covers what the approver reads."""
        before = proposal.before
        names = (before.get("name_km"), before.get("name_en"))
        name = next(filter(None, names if get_language() == "km" else names[::-1]), "–")
        known = ", ".join(dict.fromkeys(filter(None, [before.get("code"), before.get("operator")])))
        return _("Change of %(programme)s") % {"programme": f"{name} ({known})" if known else name}

    def difference(self, proposal: Proposal) -> Sequence[DiffLine]:
        return difference(proposal)

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        return list(consequences(proposal))

    def carry_out(self, proposal: Proposal) -> str:
        actor = cast(User, proposal.decided_by)
        programme = Programme.objects.get(pk=proposal.subject)
        with history_context("save_programme", actor=actor):
            wanted = _differing(proposal)
            changed = [name for name in GUARDED if name in wanted]
            if changed:
                programme.rule_version += "rule" in changed  # each verdict records the version of its rule
                for name in changed:
                    field = cast("Field[Any, Any]", Programme._meta.get_field(name))
                    setattr(programme, name, field.to_python(proposal.payload[name]))
                programme.clean()
                programme.save(update_fields=[*changed, "rule_version"])
            if "benefits" in wanted:
                _save_amounts(programme, proposal.payload["benefits"])
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


def _differing(proposal: Proposal) -> set[str]:
    before, after = proposal.before, proposal.payload
    return {name for name in (*GUARDED, "benefits") if before.get(name) != after.get(name)}


def _save_amounts(programme: Programme, wanted: Sequence[Mapping[str, Any]]) -> None:
    refuse_overlapping(wanted)
    existing = {benefit.pk: benefit for benefit in programme.benefits.all()}
    for row in wanted:
        benefit = existing.pop(row["id"], None) if row["id"] else Benefit(programme=programme)
        if benefit is None:
            raise ValidationError(_("An amount that was to change is not there any more."))
        for name in BENEFIT:
            value = row[name]
            if name in ("valid_from", "valid_to") and value:
                value = date.fromisoformat(value)
            setattr(benefit, name, value)
        benefit.clean()
        benefit.save(update_fields=BENEFIT if benefit.pk else None)
    for benefit in existing.values():
        benefit.delete()


contract.register(ProgrammeKind())

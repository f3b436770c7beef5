"""The rule and the amounts of a programme change when one steward proposed it and another approved it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

import pghistory
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from dsp_platform.approval import contract
from dsp_platform.approval import services as approval
from dsp_platform.approval.contract import Line
from dsp_platform.approval.errors import NothingChanges
from dsp_platform.approval.models import Proposal
from dsp_platform.audit import services as audit
from dsp_platform.khmer import format_riel
from registry.models import Benefit, Programme

PROGRAMME = "programme"
CHANGE = "change"
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
) -> Proposal:
    """``benefits`` as ``described``, all that there will be; ``id`` None is a new one.

    Raises WaitsAlready, and NothingChanges where rule and amounts are what they are.
    """
    now = Programme.objects.get(pk=programme.pk)
    if rule == now.rule and approval.plain({"": benefits}) == approval.plain({"": amounts_now(now)}):
        raise NothingChanges
    return approval.propose(
        kind=PROGRAMME,
        act=CHANGE,
        subject=str(programme.pk),
        payload={"rule": rule, "benefits": list(benefits)},
        actor=actor,
        effective_from=effective_from,
    )


class ProgrammeKind(contract.Kind):
    code = PROGRAMME
    title = gettext_lazy("Rule and amounts of a programme")

    def lock(self, subject: str) -> None:
        Programme.objects.select_for_update(no_key=True).get(pk=subject)

    def state(self, act: str, subject: str) -> dict[str, Any]:
        programme = Programme.objects.get(pk=subject)
        return {
            "code": programme.code,
            "name_km": programme.name_km,
            "name_en": programme.name_en,
            "operator": programme.operator_id,
            "rule": programme.rule,
            "rule_version": programme.rule_version,
            "benefits": amounts_now(programme),
        }

    def name(self, proposal: Proposal) -> str:
        """As it stood when it was proposed: what the approver reads is under the digest."""
        before = proposal.before
        names = (before.get("name_km"), before.get("name_en"))
        name = next(filter(None, names if get_language() == "km" else names[::-1]), "–")
        known = ", ".join(filter(None, [before.get("code"), before.get("operator")]))
        return _("Rule and amounts of %(programme)s") % {"programme": f"{name} ({known})" if known else name}

    def difference(self, proposal: Proposal) -> Sequence[Line]:
        before, after = proposal.before, proposal.payload
        lines = []
        if before["rule"] != after["rule"]:
            lines.append(Line(_("Rule: who may be entitled"), before["rule"], after["rule"]))
        old = {row["id"]: row for row in before["benefits"]}
        kept = {row["id"] for row in after["benefits"]}
        lines += [
            Line(_("Amount"), in_words(old[row["id"]]) if row["id"] else "", in_words(row))
            for row in after["benefits"]
            if row["id"] is None or row != old[row["id"]]
        ]
        return lines + [
            Line(_("Amount"), in_words(row), "") for number, row in old.items() if number not in kept
        ]

    def consequences(self, proposal: Proposal) -> Sequence[str]:
        told = []
        day = {"day": date_format(proposal.effective_from, "SHORT_DATE_FORMAT")}
        if proposal.before["rule"] != proposal.payload["rule"]:
            told.append(
                _(
                    "From %(day)s on everybody is judged by the new rule. What was decided before keeps the "
                    "rule it was decided by."
                )
                % day
            )
        if proposal.before["benefits"] != proposal.payload["benefits"]:
            told.append(_("From %(day)s on the public pages tell the new amounts.") % day)
        return told

    def carry_out(self, proposal: Proposal) -> str:
        actor = cast(User, proposal.decided_by)
        programme = Programme.objects.get(pk=proposal.subject)
        changed = []
        with pghistory.context(why="keep_programme"):
            if programme.rule != proposal.payload["rule"]:
                programme.rule = proposal.payload["rule"]
                programme.rule_version += 1  # verdicts name the version they were judged by
                programme.clean()
                programme.save(update_fields=["rule", "rule_version"])
                changed.append("rule")
            if proposal.before["benefits"] != proposal.payload["benefits"]:
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


def in_words(row: Mapping[str, Any]) -> str:
    """One amount in one line."""
    worth = (
        format_riel(row["amount"])
        if row["amount"] is not None
        else f"{Decimal(row['percent']).normalize():f} %"
    )
    since, until = (_day(row[name]) for name in ("valid_from", "valid_to"))
    parts = [
        str(Benefit.Kind(row["kind"]).label),
        f"{row['label_km'] or ''} / {row['label_en'] or ''}",
        " ".join(filter(None, [worth, row["per_km"], row["per_en"]])),
        f"{since} ({Benefit.Precision(row['precision']).label}) – {until or '…'}",
        _("confidential") if row["confidential"] else "",
        " / ".join(filter(None, [row["source_km"], row["source_en"]])),
    ]
    return "; ".join(filter(None, parts))


def _day(value: str | None) -> str:
    return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT") if value else ""


contract.register(ProgrammeKind())

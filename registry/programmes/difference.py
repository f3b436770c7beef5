"""What a proposed change of a programme changes, line by line, for its approver."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db.models import Field
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dsp_platform.approval.contract import DiffLine
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.models import Operator
from dsp_platform.khmer.money import format_riel
from registry.eligibility.rule_words import rule_in_words
from registry.models import Benefit, Programme
from registry.models.programme import PAGE_FIELDS, TEXTS


def publishes(proposal: Proposal) -> bool:
    """Whether it makes a draft public."""
    was, will = proposal.before.get("state"), proposal.payload.get("state")
    return bool(was == Programme.State.DRAFT and will != was)


def difference(proposal: Proposal) -> Sequence[DiffLine]:
    before, after = proposal.before, proposal.payload
    if publishes(proposal):
        return [*_published(before, after)]
    lines = []
    if before["rule"] != after["rule"]:
        words = [rule_in_words(rule) for rule in (before["rule"], after["rule"])]
        lines.append(DiffLine(_("Rule: who may be entitled"), *words))
        lines.append(DiffLine(_("Rule, as it is written"), before["rule"], after["rule"]))
    if before.get("state") != after.get("state"):
        lines.append(
            DiffLine(_("State"), *(str(Programme.State(of["state"]).label) for of in (before, after)))
        )
    if before.get("takes_applications") != after.get("takes_applications"):
        words = [_("yes") if of["takes_applications"] else _("no") for of in (before, after)]
        lines.append(DiffLine(_("Takes applications"), *words))
    if before.get("appeal_days") != after.get("appeal_days"):
        lines.append(DiffLine(_("Days to appeal"), *(_days_to_appeal(of) for of in (before, after))))
    lines += [line for line in _second_review(before, after) if line.before != line.after]
    for name in PAGE_FIELDS:
        texts = [_in_words(name, of.get(name)) for of in (before, after)]
        if texts[0] != texts[1]:
            lines.append(DiffLine(field_label(name), *texts))
    old = {row["id"]: row for row in before["benefits"]}
    kept = {row["id"] for row in after["benefits"]}
    lines += [
        DiffLine(_("Amount"), amount_in_words(old[row["id"]]) if row["id"] else "", amount_in_words(row))
        for row in after["benefits"]
        if row["id"] is None or row != old[row["id"]]
    ]
    return lines + [
        DiffLine(_("Amount"), amount_in_words(row), "") for number, row in old.items() if number not in kept
    ]


def _second_review(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[DiffLine]:
    """Also of a proposal that was made before programmes asked for it."""
    shares = [f"{of.get('second_review_share') or 0}%" for of in (before, after)]
    yield DiffLine(_("Decisions drawn for a second reviewer"), *shares)
    amounts = [of.get("second_review_above") for of in (before, after)]
    words = [_("none") if one is None else format_riel(one) for one in amounts]
    yield DiffLine(_("A second reviewer looks at approvals above"), *words)


def _published(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[DiffLine]:
    """All texts: only their author has read them before."""
    state = str(Programme.State(after["state"]).label)
    yield DiffLine(_("State"), str(Programme.State.DRAFT.label), state)
    payer = Operator.objects.filter(pk=before.get("payer")).first()
    yield DiffLine(_("Paid by another operator"), "", str(payer) if payer else _("no"))
    yield DiffLine(_("Takes applications"), "", _("yes") if after["takes_applications"] else _("no"))
    yield DiffLine(_("Rule: who may be entitled"), "", rule_in_words(after["rule"]))
    if after["rule"]:
        yield DiffLine(_("Rule, as it is written"), "", after["rule"])
    yield DiffLine(_("Days to appeal"), "", _days_to_appeal(after))
    yield from _second_review({}, after)
    for name in PAGE_FIELDS:  # empty ones too, so that the approver sees what is missing
        yield DiffLine(field_label(name), "", _in_words(name, after.get(name)))
    for row in after["benefits"]:
        yield DiffLine(_("Amount"), "", amount_in_words(row))
    if not after["benefits"]:
        yield DiffLine(_("Amount"), "", "")


def _in_words(name: str, value: Any) -> str:
    if value is None:
        return ""
    return _day(value) if name in ("opens_on", "closes_on") else str(value)


def field_label(name: str) -> str:
    text, _separator, language = name.rpartition("_")
    of = text if text in TEXTS else name
    label = capfirst(str(cast("Field[Any, Any]", Programme._meta.get_field(of)).verbose_name))
    return label if of == name else f"{label} ({_('Khmer') if language == 'km' else _('English')})"


def _days_to_appeal(payload: Mapping[str, Any]) -> str:
    return _("no last day") if payload["appeal_days"] is None else str(payload["appeal_days"])


def amount_in_words(row: Mapping[str, Any]) -> str:
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

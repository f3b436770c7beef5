"""What a proposed change of a programme says and does, in words, for whoever approves it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.db.models import Field, Q
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsp_platform.approval.contract import Line
from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.models import Operator
from dsp_platform.khmer.money import format_riel
from registry.eligibility.effects import who_gains
from registry.eligibility.rule_words import rule_in_words
from registry.models import Benefit, Enrolment, Programme
from registry.models.programme import SAID, TEXTS
from registry.programmes.selectors import published

OPTIONAL = ("state_note", "source")
"""Texts that a programme may do without."""

Waiting = Callable[[Programme], str]
_waiting: list[Waiting] = []


def register_waiting(waiting: Waiting) -> None:
    """A sentence about what another domain still has open of a programme."""
    if waiting not in _waiting:
        _waiting.append(waiting)


def publishes(proposal: Proposal) -> bool:
    """Whether it makes a draft a programme that the nation reads."""
    was, will = proposal.before.get("state"), proposal.payload.get("state")
    return bool(was == Programme.State.DRAFT and will != was)


def difference(proposal: Proposal) -> Sequence[Line]:
    before, after = proposal.before, proposal.payload
    if publishes(proposal):
        return [*_published(before, after)]
    lines = []
    if before["rule"] != after["rule"]:
        said = [rule_in_words(rule) for rule in (before["rule"], after["rule"])]
        lines.append(Line(_("Rule: who may be entitled"), *said))
        lines.append(Line(_("Rule, as it is written"), before["rule"], after["rule"]))
    if before.get("state") != after.get("state"):
        lines.append(Line(_("State"), *(str(Programme.State(of["state"]).label) for of in (before, after))))
    if before.get("takes_applications") != after.get("takes_applications"):
        said = [_("yes") if of["takes_applications"] else _("no") for of in (before, after)]
        lines.append(Line(_("Takes applications"), *said))
    if before.get("appeal_days") != after.get("appeal_days"):
        lines.append(Line(_("Days to appeal"), *(_days_to_appeal(of) for of in (before, after))))
    lines += _said(before, after)
    old = {row["id"]: row for row in before["benefits"]}
    kept = {row["id"] for row in after["benefits"]}
    lines += [
        Line(_("Amount"), amount_in_words(old[row["id"]]) if row["id"] else "", amount_in_words(row))
        for row in after["benefits"]
        if row["id"] is None or row != old[row["id"]]
    ]
    return lines + [
        Line(_("Amount"), amount_in_words(row), "") for number, row in old.items() if number not in kept
    ]


def _published(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Line]:
    """All of it: nobody but who wrote it has read any."""
    state = str(Programme.State(after["state"]).label)
    yield Line(_("State"), str(Programme.State.DRAFT.label), state)
    payer = Operator.objects.filter(pk=before.get("payer")).first()
    yield Line(_("Paid by another operator"), "", str(payer) if payer else _("no"))
    yield Line(_("Takes applications"), "", _("yes") if after["takes_applications"] else _("no"))
    yield Line(_("Rule: who may be entitled"), "", rule_in_words(after["rule"]))
    if after["rule"]:
        yield Line(_("Rule, as it is written"), "", after["rule"])
    yield Line(_("Days to appeal"), "", _days_to_appeal(after))
    for name in SAID:  # also what is empty: who publishes it sees what readers will not find
        yield Line(_label(name), "", _in_words(name, after.get(name)))
    for row in after["benefits"]:
        yield Line(_("Amount"), "", amount_in_words(row))
    if not after["benefits"]:
        yield Line(_("Amount"), "", "")


def _said(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Line]:
    """Texts and dates that change."""
    for name in SAID:
        old, new = (_in_words(name, of.get(name)) for of in (before, after))
        if old != new:
            yield Line(_label(name), old, new)


def _in_words(name: str, value: Any) -> str:
    if value is None:
        return ""
    return _day(value) if name in ("opens_on", "closes_on") else str(value)


def _label(name: str) -> str:
    text, _separator, language = name.rpartition("_")
    of = text if text in TEXTS else name
    label = capfirst(str(cast("Field[Any, Any]", Programme._meta.get_field(of)).verbose_name))
    return label if of == name else f"{label} ({_('Khmer') if language == 'km' else _('English')})"


def _days_to_appeal(said: Mapping[str, Any]) -> str:
    return _("no last day") if said["appeal_days"] is None else str(said["appeal_days"])


def consequences(proposal: Proposal) -> Sequence[str]:
    return list(_consequences(proposal))


def _consequences(proposal: Proposal) -> Iterator[str]:
    day = {"day": date_format(proposal.effective_from, "SHORT_DATE_FORMAT")}
    if publishes(proposal):
        yield from _of_publishing(proposal.before, proposal.payload, day)
    elif proposal.before.get("state") == Programme.State.DRAFT:
        yield _("It stays a draft: no page shows it, and nobody is judged by it until two have published it.")
        if proposal.before["rule"] != proposal.payload["rule"]:
            yield _who_meets(proposal.payload["rule"])
    else:
        yield from _of_a_change(proposal.before, proposal.payload, day)
    yield from _of_its_state(proposal, day)


def _of_publishing(
    before: Mapping[str, Any], after: Mapping[str, Any], day: Mapping[str, str]
) -> Iterator[str]:
    yield _("From %(day)s on the public pages show this programme, as it is written here.") % day
    if after["rule"].strip():
        yield _("From %(day)s on everybody is judged by its rule.") % day
    yield _who_meets(after["rule"])
    if empty := _empty(after):
        yield _("Still empty: %(texts)s. Fill it in before it is public.") % {"texts": ", ".join(empty)}
    if _has_others(before):
        yield _(
            "The operator runs or pays other programmes too. What it reports without naming one is held from "
            "then on."
        )


def _empty(said: Mapping[str, Any]) -> list[str]:
    """What a reader looks for on the page of a programme and will not find, in one language or in both."""
    told_by_number = {
        "gives": any(row["kind"] == Benefit.Kind.GIVES for row in said["benefits"]),
        "how_long": said.get("expected_days") is not None,
    }
    names: list[str] = []
    for text in TEXTS:
        if text in OPTIONAL or told_by_number.get(text):
            continue
        empty = [name for name in (f"{text}_km", f"{text}_en") if not said.get(name)]
        names += [_label(text)] if len(empty) > 1 else map(_label, empty)
    return names


def _of_a_change(
    before: Mapping[str, Any], after: Mapping[str, Any], day: Mapping[str, str]
) -> Iterator[str]:
    if before["rule"] != after["rule"]:
        yield (
            _(
                "From %(day)s on everybody is judged by the new rule. What was decided before keeps the "
                "rule it was decided by."
            )
            % day
        )
        yield _who_gains(before["rule"], after["rule"])
    if before["benefits"] != after["benefits"]:
        yield _("From %(day)s on the public pages tell the new amounts.") % day
    if any(before.get(name) != after.get(name) for name in SAID):
        yield _("From %(day)s on the public pages tell the new texts and dates.") % day
    if before.get("appeal_days") != after.get("appeal_days"):
        yield (
            _(
                "For what is decided from %(day)s on one may appeal within the new time. What was told "
                "before stays."
            )
            % day
        )


def _of_its_state(proposal: Proposal, day: Mapping[str, str]) -> Iterator[str]:
    before, after = proposal.before, proposal.payload
    was, will = _is_open(before), _is_open(after)
    if before.get("state") != after.get("state") or was != will:
        if was != will:
            yield (
                _("From %(day)s on one can apply.") if will else _("From %(day)s on nobody can apply.")
            ) % day
        yield _("From %(day)s on the public pages tell the new state.") % day
        yield from _of_today(Programme.objects.get(pk=proposal.subject))
    if will and not was and (payer := Operator.objects.filter(pk=before.get("payer")).first()):
        yield _("Paid by another operator: %(operator)s.") % {"operator": payer}


def _has_others(before: Mapping[str, Any]) -> bool:
    operators = [code for code in (before.get("operator"), before.get("payer")) if code]
    others = published().exclude(code=before["code"])
    return others.filter(Q(operator__in=operators) | Q(payer__in=operators)).exists()


def _is_open(said: Mapping[str, Any]) -> bool:
    is_open = said.get("state") in (Programme.State.OPEN, Programme.State.SEASONAL)
    return is_open and bool(said.get("takes_applications"))


def _of_today(programme: Programme) -> Iterator[str]:
    number = programme.enrolments.exclude(state=Enrolment.State.ENDED).count()
    yield ngettext(
        "%(number)s person is enrolled. That stays as it is.",
        "%(number)s people are enrolled. That stays as it is.",
        number,
    ) % {"number": number}
    for waiting in _waiting:
        yield waiting(programme)


def _who_meets(rule: str) -> str:
    """Of a rule by which nobody is judged yet."""
    if not rule.strip():
        return _("There is no rule: the operator decides case by case.")
    return who_gains("", rule)


def _who_gains(before: str, after: str) -> str:
    """Of those who are registered today, as far as enough is known of them."""
    if not after.strip():
        return _("There is no rule any more: the operator decides case by case.")
    return who_gains(before, after)


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

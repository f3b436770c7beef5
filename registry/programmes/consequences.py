"""What a proposed change of a programme would do, for its approver."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsp_platform.approval.models import Proposal
from dsp_platform.exchange.models import Operator
from registry.eligibility.effects import who_gains
from registry.models import Benefit, Enrolment, Programme
from registry.models.programme import PAGE_FIELDS, TEXTS
from registry.programmes.availability import takes_applications
from registry.programmes.difference import field_label, publishes
from registry.programmes.selectors import published

OPTIONAL = ("state_note", "source")
"""Texts that a programme may do without."""

Waiting = Callable[[Programme], str]
_waiting: list[Waiting] = []


def register_waiting(waiting: Waiting) -> None:
    """``waiting`` returns a sentence about what is pending for a programme in another domain."""
    if waiting not in _waiting:
        _waiting.append(waiting)


def consequences(proposal: Proposal) -> Iterator[str]:
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
    operators = [code for code in (before.get("operator"), before.get("payer")) if code]
    others = published().exclude(code=before["code"])
    if others.filter(Q(operator__in=operators) | Q(payer__in=operators)).exists():
        yield _(
            "The operator runs or pays other programmes too. What it reports without naming one is held from "
            "then on."
        )


def _empty(payload: Mapping[str, Any]) -> list[str]:
    """Texts that are missing on the public page, in one language or in both."""
    given_by_number = {
        "gives": any(row["kind"] == Benefit.Kind.GIVES for row in payload["benefits"]),
        "how_long": payload.get("expected_days") is not None,
    }
    names: list[str] = []
    for text in TEXTS:
        if text in OPTIONAL or given_by_number.get(text):
            continue
        empty = [name for name in (f"{text}_km", f"{text}_en") if not payload.get(name)]
        names += [field_label(text)] if len(empty) > 1 else map(field_label, empty)
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
        if after["rule"].strip():
            yield who_gains(before["rule"], after["rule"])
        else:
            yield _("There is no rule any more: the operator decides case by case.")
    if before["benefits"] != after["benefits"]:
        yield _("From %(day)s on the public pages tell the new amounts.") % day
    if any(before.get(name) != after.get(name) for name in PAGE_FIELDS):
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
    was, will = (_takes_applications(of, proposal.effective_from) for of in (before, after))
    if before.get("state") != after.get("state") or was != will:
        if was != will:
            yield (
                _("From %(day)s on one can apply.") if will else _("From %(day)s on nobody can apply.")
            ) % day
        yield _("From %(day)s on the public pages tell the new state.") % day
        programme = Programme.objects.get(pk=proposal.subject)
        number = programme.enrolments.exclude(state=Enrolment.State.ENDED).count()
        yield ngettext(
            "%(number)s person is enrolled. That stays as it is.",
            "%(number)s people are enrolled. That stays as it is.",
            number,
        ) % {"number": number}
        for waiting in _waiting:
            yield waiting(programme)
    if will and not was and (payer := Operator.objects.filter(pk=before.get("payer")).first()):
        yield _("Paid by another operator: %(operator)s.") % {"operator": payer}


def _takes_applications(payload: Mapping[str, Any], day: date) -> bool:
    opens, closes = (payload.get(name) for name in ("opens_on", "closes_on"))
    programme = Programme(
        state=payload.get("state") or "",
        takes_applications=bool(payload.get("takes_applications")),
        opens_on=date.fromisoformat(opens) if opens else None,
        closes_on=date.fromisoformat(closes) if closes else None,
    )
    return bool(programme.state) and takes_applications(programme, day)


def _who_meets(rule: str) -> str:
    """Of the rule of a draft, which has no rule in force to compare with."""
    if not rule.strip():
        return _("There is no rule: the operator decides case by case.")
    return who_gains("", rule)

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from dsp_platform.approval.models import Proposal
from dsp_platform.web.request_cache import cached_per_request
from registry.models import Benefit, Enrolment, LifeSituation, Payment, Person, Programme
from registry.programmes.amounts import IDENTIFYING, from_snapshot

_cached: tuple[float, list[Programme]] = (0.0, [])


@dataclass(slots=True)
class Amounts:
    """What a programme gives and costs today, what is announced, and past amounts, newest first."""

    gives: list[Benefit] = field(default_factory=list)
    costs: list[Benefit] = field(default_factory=list)
    coming: list[Benefit] = field(default_factory=list)
    past: list[Benefit] = field(default_factory=list)

    @property
    def rows(self) -> list[Benefit]:
        return [*self.gives, *self.costs, *self.coming, *self.past]


def situations() -> list[LifeSituation]:
    return list(LifeSituation.objects.all())


@cached_per_request
def programmes(situation: LifeSituation | None = None) -> list[Programme]:
    """Every published programme, also closed ones; only those that help in the situation, where one is given.

    For pages only: cached in the process for as long as a public page (``PUBLIC_PAGE_SECONDS``).
    """
    global _cached
    if situation is not None:
        return list(published().filter(situations=situation))
    now = time.monotonic()
    until, found = _cached
    if now >= until or not settings.PUBLIC_PAGE_SECONDS:
        found = list(published())
        _cached = (now + settings.PUBLIC_PAGE_SECONDS, found)
    return list(found)


def name_programmes(rows: Iterable[Any]) -> None:
    """Set the ``programme`` of applications or enrolments from the cached catalogue; those that it lacks, as
    new ones, in one query."""
    rows = list(rows)
    known = {one.pk: one for one in programmes()}
    for row in rows:
        if row.programme_id in known:
            row.programme = known[row.programme_id]
    prefetch_related_objects([row for row in rows if row.programme_id not in known], "programme")


def programme(code: str) -> Programme | None:
    return published().filter(code=code).first()


def published() -> QuerySet[Programme]:
    """All but drafts. Everything outside the admin reads these."""
    return Programme.objects.select_related("operator").exclude(state=Programme.State.DRAFT)


@cached_per_request
def amounts_of(programme: Programme, approved: bool = False) -> Amounts:
    """Without confidential ones. What is announced for "about" a month stays announced until a steward enters
    the day: no page may raise a contribution by itself."""
    today = timezone.localdate()
    amounts = Amounts()
    for benefit in Benefit.objects.filter(programme=programme, confidential=False).order_by("pk"):
        if benefit.valid_to and benefit.valid_to < today:
            amounts.past.append(benefit)
        elif benefit.valid_from > today or benefit.precision == Benefit.Precision.ABOUT:
            amounts.coming.append(benefit)
        elif benefit.kind == Benefit.Kind.COSTS:
            amounts.costs.append(benefit)
        else:
            amounts.gives.append(benefit)
    if approved:
        amounts.coming += _approved_for_later(programme)
    amounts.past.sort(key=lambda benefit: benefit.valid_from, reverse=True)
    amounts.coming.sort(key=lambda benefit: benefit.valid_from)
    return amounts


def _approved_for_later(programme: Programme) -> list[Benefit]:
    """Public amounts that two stewards approved for a day that has not come."""
    approved = Proposal.objects.filter(
        kind="programme", subject=str(programme.pk), state=Proposal.State.APPROVED
    )
    coming = []
    for proposal in approved:
        before = [_worth(row) for row in proposal.before["benefits"]]
        for row in proposal.payload["benefits"]:
            if row["confidential"] or _worth(row) in before:
                continue
            benefit = from_snapshot([row])[0]
            benefit.valid_from = max(benefit.valid_from, proposal.effective_from)
            if benefit.valid_to is None or benefit.valid_to >= benefit.valid_from:
                coming.append(benefit)
    return coming


def _worth(row: Mapping[str, Any]) -> list[Any]:
    return [row[name] for name in (*IDENTIFYING, "amount", "percent", "valid_from")]


def supports_of(person: Person) -> list[Enrolment]:
    """What the person receives now and what ended within a year, each with its ``recent`` payments."""
    since = timezone.localdate() - timedelta(days=365)
    newest = Payment.objects.filter(paid_on__gte=since).order_by("-paid_on", "-pk")
    supports: list[Enrolment] = list(
        Enrolment.objects.filter(Q(until=None) | Q(until__gte=since), person=person)
        .prefetch_related(Prefetch("payments", queryset=newest, to_attr="recent"))
        .order_by("-since", "-pk")
    )
    name_programmes(supports)
    return supports

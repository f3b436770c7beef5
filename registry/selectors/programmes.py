from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Prefetch, Q
from django.utils import timezone

from registry.models import Benefit, Enrolment, LifeSituation, Payment, Person, Programme


@dataclass(slots=True)
class Amounts:
    """What a programme gives and costs today, what is announced, what once was: newest first."""

    gives: list[Benefit] = field(default_factory=list)
    costs: list[Benefit] = field(default_factory=list)
    coming: list[Benefit] = field(default_factory=list)
    past: list[Benefit] = field(default_factory=list)


def situations() -> list[LifeSituation]:
    return list(LifeSituation.objects.all())


def programmes(situation: LifeSituation | None = None) -> list[Programme]:
    """Every programme, also closed ones; only those that help in the situation, where one is given."""
    found = Programme.objects.select_related("operator")
    return list(found if situation is None else found.filter(situations=situation))


def programme(code: str) -> Programme | None:
    return Programme.objects.select_related("operator").filter(code=code).first()


def amounts_of(programme: Programme) -> Amounts:
    """Confidential ones are nobody's to read here. What is announced for "about" a month stays announced
    until a steward gives it its day: the page must not raise a contribution by itself."""
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
    amounts.past.sort(key=lambda benefit: benefit.valid_from, reverse=True)
    amounts.coming.sort(key=lambda benefit: benefit.valid_from)
    return amounts


def enrolments_of(person: Person) -> list[Enrolment]:
    """The programmes the person is in now, newest first."""
    enrolments = Enrolment.objects.exclude(state=Enrolment.State.ENDED).filter(person=person)
    return list(enrolments.select_related("programme__operator").order_by("-since", "-pk"))


def supports_of(person: Person) -> list[Enrolment]:
    """What the person receives now and what ended within a year, each with its ``recent`` payments."""
    since = timezone.localdate() - timedelta(days=365)
    newest = Payment.objects.filter(paid_on__gte=since).order_by("-paid_on", "-pk")
    return list(
        Enrolment.objects.filter(Q(until=None) | Q(until__gte=since), person=person)
        .select_related("programme__operator")
        .prefetch_related(Prefetch("payments", queryset=newest, to_attr="recent"))
        .order_by("-since", "-pk")
    )

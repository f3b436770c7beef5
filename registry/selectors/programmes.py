from django.db.models import Prefetch, Q
from django.utils import timezone

from registry.models import Benefit, Enrolment, Person, Programme


def programmes() -> list[Programme]:
    """Every programme of the catalogue, also closed ones, with the benefits of today."""
    today = timezone.localdate()
    benefits = Benefit.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=today), valid_from__lte=today
    ).order_by("pk")
    return list(
        Programme.objects.select_related("operator").prefetch_related(Prefetch("benefits", queryset=benefits))
    )


def enrolments_of(person: Person) -> list[Enrolment]:
    """The programmes the person is in now, newest first."""
    enrolments = Enrolment.objects.exclude(state=Enrolment.State.ENDED).filter(person=person)
    return list(enrolments.select_related("programme__operator").order_by("-since", "-pk"))


def programme(code: str) -> Programme | None:
    return next((found for found in programmes() if found.code == code), None)

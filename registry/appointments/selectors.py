"""Who is asked to come back: of a person, and of the office that expects them."""

from django.db.models import QuerySet

from dsp_platform.accounts.models import User
from registry.models import Appointment, Person
from registry.persons.selectors import persons_visible_to


def appointments_of(person: Person) -> QuerySet[Appointment]:
    """Those that wait, the next one first."""
    return Appointment.objects.filter(person=person, ended_at=None).order_by("day", "pk")


def appointments_at(official: User) -> QuerySet[Appointment]:
    """Those that wait in the official's area, of people they may see; the next one first."""
    if not (official.is_official and official.area_code):
        return Appointment.objects.none()
    waiting = Appointment.objects.filter(area_code__startswith=official.area_code, ended_at=None)
    visible = waiting.filter(person__in=persons_visible_to(official).order_by())
    return visible.select_related("person").order_by("day", "pk")

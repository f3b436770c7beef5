from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from registry.models import Person

SETTLES = timedelta(days=7)


def with_settled_phone(persons: QuerySet[Person]) -> QuerySet[Person]:
    """Those on whose record no other number than today's stood within the last week.

    Read from the history that the database keeps, so it holds whoever changed it and by whatever way.
    """
    since = timezone.now() - SETTLES
    events = Person.events.rel.related_model.objects.filter(pgh_obj=OuterRef("pk"))  # type: ignore[attr-defined]
    later = events.filter(pgh_created_at__gt=since).exclude(Q(phone="") | Q(phone=OuterRef("phone")))
    before = events.filter(pgh_created_at__lte=since).order_by("-pgh_id").values("phone")[:1]
    stood = persons.alias(stood=Coalesce(Subquery(before), "phone"))
    return stood.filter(Q(stood="") | Q(stood=F("phone")), ~Exists(later))

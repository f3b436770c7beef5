"""Which numbers of a person may be texted, and which prove something."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from registry.models import ChangeRequest, Person

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


def numbers_of(person: Person, *, with_typed: bool = False) -> list[str]:
    """Those a text about this person may go to, best first: their account's, then the one on record.

    Not a number that a citizen typed for themself or for a member of the household, unless asked for: nobody
    proved it, and it may be any stranger's.
    """
    proved = (person.account.phone if person.account else "") or ""
    noted = person.phone if person.phone != proved else ""
    if noted and not with_typed and _typed_by_citizen(person):
        noted = ""
    return [number for number in (proved, noted) if number]


def _typed_by_citizen(person: Person) -> bool:
    changes = ChangeRequest.objects.filter(person=person, kind="phone", state=ChangeRequest.State.APPLIED)
    last = changes.order_by("-decided_at", "-pk").first()
    if last is not None:
        return last.case_id is None
    return person.registered_by is not None and person.registered_by.is_citizen

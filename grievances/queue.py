"""What the queue of grievances shows of who reported them, and by what it is searched."""

from collections.abc import Sequence
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.accounts.phones.numbers import parse_phone
from dsp_platform.database.references import clean_reference
from grievances.deciders import grievance_deciders
from grievances.models import Grievance
from grievances.pins import PREFIX
from grievances.secrecy import TOLD_IN_SECRET
from registry.models import Person
from registry.persons.search import NAME, PHONE, SPID, persons_among


def describe(rows: Sequence[Grievance]) -> None:
    """Sets name and area; neither in a list where it might bring harm to whoever reported: kind, commune and
    day are enough to know them in a village."""
    for row in rows:
        row.shown_area = row.area.name if row.area and not row.told_in_secret else ""
        if row.person and not row.told_in_secret:
            row.shown_name = row.person.name


def found(user: User, rows: QuerySet[Grievance], typed: str) -> list[int]:
    """Keys of those of the rows that are meant by a reference, or by the SPID, a phone number or the name of
    who reported. What was told in secret is found by its reference alone."""
    if reference := clean_reference(typed, PREFIX):
        own = rows.filter(reference=reference).values_list("pk", flat=True)
        if keys := list(own):
            return keys
    harmless = rows.exclude(TOLD_IN_SECRET).select_related(None)
    reporters = Person.objects.filter(Exists(harmless.filter(person=OuterRef("pk")).values("pk")))
    by_person = persons_among(reporters, typed, by={SPID, PHONE, NAME})
    items = {one.pk: one for one in harmless.filter(person__in=by_person)}
    with suppress(ValidationError):
        items |= {one.pk: one for one in harmless.filter(phone=parse_phone(typed))}
    return list(items.keys() - grievance_deciders.unread_among(user, list(items.values())))

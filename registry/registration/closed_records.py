"""The record that an account had until its person was recorded as dead, perhaps wrongly."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from dsp_platform.accounts.models import User
from dsp_platform.database.history import history_of
from registry.changes.selectors import death_recorded_by
from registry.models import Draft, Person


@dataclass(frozen=True, slots=True)
class ClosedRecord:
    """Without name and SPID, because the phone may be somebody else's by now."""

    at: datetime
    reference: str
    """Of the change request that reported the death; "" if there was none."""
    is_open_again: bool = False
    """The death was undone, and nobody has joined the record since."""

    def is_followed_by(self, draft: Draft | None) -> bool:
        """Whether a registration was begun since, by confirming to be somebody else."""
        return draft is not None and draft.saved_at > self.at


def closed_record_of(citizen: User) -> ClosedRecord | None:
    """If the account was a person's until their death was recorded, and is linked to nobody since; also
    where that death was undone, for the record is not joined by itself."""
    if not (citizen.is_citizen and citizen.is_active):
        return None
    events = history_of(Person)
    last = events.filter(account=citizen).order_by("-pgh_id").values_list("pgh_obj", flat=True).first()
    person = Person.objects.filter(pk=last or 0, merged_into=None).first()
    if person is None:
        return None
    of_person = events.filter(pgh_obj=person)
    if person.died_on is None:
        return _opened_again(person, of_person.order_by("pgh_id"), citizen)
    living = of_person.filter(died_on=None).order_by("-pgh_id").first()
    if living is None or living.account_id != citizen.pk:
        return None
    recorded = of_person.filter(pgh_id__gt=living.pgh_id).order_by("pgh_id").first() or living
    request = death_recorded_by(person)
    if request is None or request.decided_at is None:
        return ClosedRecord(recorded.pgh_created_at, "")
    return ClosedRecord(request.decided_at, request.reference)


def _opened_again(person: Person, events: QuerySet[Any], citizen: User) -> ClosedRecord | None:
    """If the account was the person's until a death that was undone. ``events``: of the person, in order."""
    own = events.filter(account=citizen).last()
    dead = events.filter(pgh_id__gt=own.pgh_id).first() if own else None
    if person.account_id is not None or dead is None or dead.died_on is None:
        return None
    undone = events.filter(pgh_id__gt=dead.pgh_id, died_on=None).first()
    return ClosedRecord((undone or dead).pgh_created_at, "", is_open_again=True)

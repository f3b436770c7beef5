"""The record that an account had until its person was recorded as dead, perhaps wrongly."""

from dataclasses import dataclass
from datetime import datetime

from dsp_platform.accounts.models import User
from dsp_platform.database.history import history_of
from registry.changes.kinds import codes_of
from registry.models import ChangeRequest, Draft, Person


@dataclass(frozen=True, slots=True)
class ClosedRecord:
    """Without name and SPID, because the phone may be somebody else's by now."""

    at: datetime
    reference: str
    """Of the change request that reported the death; "" if there was none."""

    def is_followed_by(self, draft: Draft | None) -> bool:
        """Whether a registration was begun since, by confirming to be somebody else."""
        return draft is not None and draft.saved_at > self.at


def closed_record_of(citizen: User) -> ClosedRecord | None:
    """If the account was a person's until their death was recorded, and is linked to nobody since."""
    if not (citizen.is_citizen and citizen.is_active):
        return None
    events = history_of(Person)
    last = events.filter(account=citizen).order_by("-pgh_id").values_list("pgh_obj", flat=True).first()
    person = Person.objects.filter(pk=last or 0, merged_into=None).exclude(died_on=None).first()
    if person is None:
        return None
    of_person = events.filter(pgh_obj=person)
    living = of_person.filter(died_on=None).order_by("-pgh_id").first()
    if living is None or living.account_id != citizen.pk:
        return None
    recorded = of_person.filter(pgh_id__gt=living.pgh_id).order_by("pgh_id").first() or living
    applied = ChangeRequest.objects.filter(person=person, state=ChangeRequest.State.APPLIED)
    reports = applied.filter(kind__in=codes_of(lambda kind: kind.person_dies))
    request = reports.order_by("-decided_at").first()
    if request is None or request.decided_at is None:
        return ClosedRecord(recorded.pgh_created_at, "")
    return ClosedRecord(request.decided_at, request.reference)

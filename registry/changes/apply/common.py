"""What several kinds of change do: find a member, name a head, end a membership, add a member."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.accounts.models import User
from registry.changes.context import HEAD, Answers, may_head
from registry.changes.outcome import What
from registry.errors import Outdated
from registry.models import ChangeRequest, Household, Membership, Person
from registry.persons.households import members_now
from registry.persons.writer import PersonWriter, alone


@dataclass(frozen=True, slots=True)
class Applying:
    """One request being applied. ``actor``: who decided it, or made it where nobody decides."""

    request: ChangeRequest
    kind: What
    home: Household | None
    actor: User
    writer: PersonWriter

    @property
    def household(self) -> Household:
        if self.home is None:
            raise Outdated(_("The person lives in no household now."))
        return self.home

    @property
    def answers(self) -> Answers:
        return self.request.answers

    @property
    def person(self) -> Person:
        if self.request.person is None:
            raise Outdated(_("Nobody is named in this request."))
        return self.request.person

    @property
    def one(self) -> Person:
        """Whom it is about, as they are now: a member, or somebody who lives in no household."""
        if self.home is not None:
            return member_of(self.home, self.person).person
        return Person.objects.get(pk=self.person.pk)


def members_for(request: ChangeRequest) -> list[Membership]:
    """Of the household that it is about; of somebody who lives in none, they alone."""
    return members_now(request.household) if request.household else alone(request.asked_for)


def read_anew(person: Person | None) -> Person | None:
    """As they are recorded at this moment, where there is somebody."""
    return Person.objects.get(pk=person.pk) if person else None


def member_of(household: Household, person: Person) -> Membership:
    found = household.memberships.current().filter(person=person).select_related("person").first()
    if found is None:
        raise Outdated(_("This person is not a member of the household any more."))
    return found


def member_by_spid(household: Household, spid: str) -> Membership:
    found = next((one for one in members_now(household) if one.person.spid == spid), None)
    if found is None:
        raise Outdated(_("This person is not a member of the household any more."))
    return found


def name_head(change: Applying, household: Household, answers: Answers) -> None:
    """Make the member named the head, and relate every other member to the new head as entered."""
    members = members_now(household)
    head = member_by_spid(household, answers["head"]["person"])
    relationships = answers.get("relationships", {})
    rest = [one for one in members if one.pk != head.pk]
    if head not in may_head([one for one in members if one.relationship != HEAD]):
        raise Outdated(_("Somebody grown leads a household, where there is one."))
    if any(relationships.get(one.person.spid) in (None, HEAD) for one in rest):
        raise Outdated(_("The household has other members than when this was asked. Ask for it again."))
    for one in rest:  # first, because a constraint allows one head at a time
        change.writer.update_membership(one, relationship=relationships[one.person.spid])
    change.writer.update_membership(head, relationship=HEAD)


def end_membership(
    change: Applying,
    household: Household,
    membership: Membership,
    answers: Answers,
    on: date | None = None,
) -> None:
    """With the next head where the head leaves; a household left empty is closed."""
    today = timezone.localdate()
    change.writer.update_membership(membership, ended_on=max(on or today, membership.started_on))
    if household.payee_id == membership.person_id:
        change.writer.update_household(household, payee=None)
    remaining = members_now(household)
    if not remaining:
        change.writer.update_household(household, closed_on=today)
    elif membership.relationship == HEAD:
        if "head" not in answers:
            raise Outdated(_("This person is the head of the household. First say who the new head is."))
        name_head(change, household, answers)


def add_member(change: Applying, person: Person) -> None:
    relationship = change.answers["relationship"]["relationship"]
    if relationship == HEAD or relationship not in Membership.Relationship.values:
        raise Outdated(_("Choose one of the answers."))
    change.writer.add_membership(change.household, person, relationship)

"""Changes of a household's members: birth, moving in, moving out, marriage, death."""

from django.utils import timezone
from django.utils.translation import gettext as _

from dsp_platform.khmer.dates import PartialDate
from registry.areas.selectors import village
from registry.changes.apply.common import Applying, add_member, end_membership, member_of
from registry.changes.apply.newcomer import new_person, registered_before
from registry.changes.apply.successors import with_successor
from registry.changes.context import HEAD
from registry.errors import Outdated
from registry.models import Membership, Person
from registry.persons.households import members_now
from registry.persons.validation import validate_address
from registry.persons.writer import NewMember, lock_household


def birth(change: Applying) -> None:
    """Also ends the pregnancy of the mother, if she is a member."""
    add_member(change, new_person(change))
    mother = change.answers["mother"]["mother"]
    for member in members_now(change.household):
        if member.person.spid == mother and member.person.pregnant:
            change.writer.update_person(member.person, pregnant=False)


def joins(change: Applying) -> None:
    person = registered_before(change)
    if person is None:
        person = new_person(change)
    else:
        _leave_the_other(change, person)
    add_member(change, person)


def _leave_the_other(change: Applying, person: Person) -> None:
    """A person is a member of one household at a time. A head cannot leave members without a head."""
    other = Membership.objects.current().filter(person=person).select_related("person").first()
    if other is None:
        return
    if other.household_id == change.household.pk:
        raise Outdated(_("This person is a member of the household already."))
    household = lock_household(other.household)
    if other.relationship == HEAD and len(members_now(household)) > 1:
        raise Outdated(
            _("This person is head of another household. That household must first name a new head.")
        )
    end_membership(change, household, other, {})


def leaves(change: Applying) -> None:
    membership = member_of(change.household, change.person)
    end_membership(change, change.household, membership, change.answers)
    if change.answers["where"]["where"] == "own":
        _add_own_household(change, membership.person)


def _add_own_household(change: Applying, person: Person) -> None:
    entered = change.answers["place"]
    if village(entered["village_code"]) is None:
        raise Outdated(_("This village is not in the gazetteer any more."))
    change.writer.update_person(person, village_id=entered["village_code"])
    change.writer.add_household(
        village_id=entered["village_code"],
        address=validate_address(entered["address"]),
        members=[NewMember(person, HEAD)],
    )


def marriage(change: Applying) -> None:
    """The spouse joins, or the member leaves; the registry does not record the marriage itself."""
    member_of(change.household, change.person)
    if change.answers["living"]["living"] == "elsewhere":
        leaves(change)
    else:
        joins(change)


def death(change: Applying) -> None:
    """Operators are told to delete the record; the account is freed for a claim by a relative."""
    person = Person.objects.get(pk=change.person.pk)
    if not person.is_current:
        raise Outdated(_("This person is not a member of the household any more."))
    died = PartialDate.parse(change.answers["died"]["died"])
    members = members_now(change.home) if change.home else []
    answers = with_successor(change.kind, change.answers, change.home, members, person)
    change.writer.update_person(person, died=died, account=None, pregnant=None)
    # They may have left since it was told.
    here = any(one.person_id == person.pk for one in members)
    if change.home is not None and here:
        membership = member_of(change.home, person)
        last = min(died.last, timezone.localdate())
        end_membership(change, change.home, membership, answers, on=last)

"""Records of whom a death was recorded, for stewards; and where whoever lives after all would live again."""

from django.db.models import Q

from dsp_platform.database.history import history_of
from registry.models import Deceased, Membership, Person
from registry.persons.selectors import number_condition

HEAD, SPOUSE = Membership.Relationship.HEAD, Membership.Relationship.SPOUSE


def deceased_by_number(typed: str) -> list[Deceased]:
    """By SPID or the number of a document, never by a name: nobody leafs through the dead."""
    found = number_condition(typed) or Q(pk__in=())
    return list(Deceased.objects.filter(found, merged_into=None, died_on__isnull=False).order_by("pk"))


def membership_again(person: Person) -> Membership | None:
    """The membership that the death ended, where the person can be a member again by it: the household lives
    on, led by the same head all along, so that the relationship still says what it said."""
    last = person.memberships.select_related("household").order_by("-pk").first()
    if last is None or last.ended_on is None or last.relationship == HEAD or last.household.closed_on:
        return None
    if person.died_on and last.ended_on < person.died_on:  # they had left before
        return None
    others = Membership.objects.filter(household=last.household, ended_on=None)
    head = others.filter(relationship=HEAD).first()
    if head is None or history_of(Membership).filter(pgh_obj=head.pk).exclude(relationship=HEAD).exists():
        return None
    if last.relationship == SPOUSE and others.filter(relationship=SPOUSE).exists():
        return None
    return last

"""Records of whom a death was recorded, for stewards; and where whoever lives after all would live again."""

from dataclasses import replace

from dsp_platform.database.history import history_of
from registry.models import Deceased, Membership, Person
from registry.persons.households import membership_until_death
from registry.persons.search import persons_of_number
from registry.plausibility.findings import new_findings, refused
from registry.plausibility.situation import judged, recorded

HEAD, SPOUSE = Membership.Relationship.HEAD, Membership.Relationship.SPOUSE


def deceased_by_number(typed: str) -> list[Deceased]:
    """By SPID or the number of a document, never by a name: nobody leafs through the dead."""
    dead = Deceased.objects.filter(merged_into=None, died_on__isnull=False)
    return list(dead.filter(pk__in=persons_of_number(typed)).order_by("pk"))


def membership_again(person: Person) -> Membership | None:
    """The membership that the death ended, where the person can be a member again by it: the household lives
    on, led by the same head all along, so that the relationship still says what it said, and the rules judge
    nothing impossible."""
    last = membership_until_death(person)
    if last is None or last.relationship == HEAD or last.household.closed_on:
        return None
    others = Membership.objects.current().filter(household=last.household)
    head = others.filter(relationship=HEAD).first()
    if head is None or history_of(Membership).filter(pgh_obj=head.pk).exclude(relationship=HEAD).exists():
        return None
    if last.relationship == SPOUSE and others.filter(relationship=SPOUSE).exists():
        return None
    before = recorded(others)
    after = replace(before, members=(*before.members, judged(last)))
    return None if refused(new_findings(before, after)) else last

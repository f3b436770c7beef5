"""Where the person lives once two records are one, and where each of the two does again."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dsp_platform.translations.label import Label
from registry.facts.of_household import poverty_level
from registry.merging.contract import Side, Undoing
from registry.models import Household, Membership, Person
from registry.persons.households import members_now
from registry.persons.writer import PersonWriter
from registry.plausibility.findings import new_findings, refused
from registry.plausibility.situation import Situation, recorded

KEPT_HOME: Any = object()
"""For ``home``: where the record that remains lives, or else the other one."""
HEAD = Membership.Relationship.HEAD
SPOUSE = Membership.Relationship.SPOUSE


LEVEL = ("poverty_level", "poverty_valid_to", "poverty_source")
"""Of a household: what is said of its poverty, until when, and who said so."""


def current_membership(person: Person) -> Membership | None:
    return person.memberships.current().select_related("household", "person").first()


def others_in(household: Household, *persons: Person | int) -> bool:
    return household.memberships.current().exclude(person__in=persons).exists()


def why_not_live(
    kept: Person, merged: Person, home: Household | None, leaving: Collection[int] = ()
) -> Label:
    """Why the person cannot live in that household alone from now on; "" where they can. ``leaving``: who
    leaves their household before."""
    if left := left_without_head(kept, merged, home, leaving):
        return _(
            "Others live in household %(number)s, which one of the two records leads. First decide about the "
            "pairs of those others, who are mostly registered twice as well; or the commune names another "
            "head; or let this household remain."
        ) % {"number": left.number}
    return ""


def left_without_head(
    kept: Person, merged: Person, home: Household | None, leaving: Collection[int] = ()
) -> Household | None:
    """The household which one of the two leads and would leave, though others live in it."""
    for membership in filter(None, map(current_membership, (kept, merged))):
        leaves = membership.household != home and membership.relationship == HEAD
        if leaves and others_in(membership.household, kept, merged, *leaving):
            return membership.household
    return None


def possible_homes(kept: Person, merged: Person) -> list[Household]:
    """That of the record that remains first."""
    found = [one.household for one in filter(None, map(current_membership, (kept, merged)))]
    return list(dict.fromkeys(found))


def home_or_kept(home: Household | None, kept: Person, merged: Person) -> Household | None:
    """What ``KEPT_HOME`` stands for, or else the household itself."""
    return next(iter(possible_homes(kept, merged)), None) if home is KEPT_HOME else home


def closed_household(kept: Person, merged: Person, home: Household | None) -> Household | None:
    """The one that the person leaves and in which nobody else lives."""
    left = (one for one in possible_homes(kept, merged) if one != home)
    return next((one for one in left if not others_in(one, kept, merged)), None)


def level_passes_from(kept: Person, merged: Person, home: Household | None) -> Household | None:
    """The household that is closed, the poverty level of which the one that remains gets, since it has none
    that holds: one person's poverty does not end because they were registered twice."""
    today = timezone.localdate()
    if home is None or poverty_level(home, today):
        return None
    closed = closed_household(kept, merged, home)
    return closed if closed is not None and poverty_level(closed, today) else None


def level_words(household: Household) -> str:
    """ "" where none is known."""
    level = str(household.get_poverty_level_display()) if household.poverty_level else ""
    if not level or household.poverty_valid_to is None:
        return level
    until = date_format(household.poverty_valid_to, "SHORT_DATE_FORMAT")
    return _("%(level)s, valid to %(day)s") % {"level": level, "day": until}


def situation_in(home: Household | None, kept: Person, merged: Person) -> Situation:
    """Who lives there, the two being one."""
    found = recorded(members_now(home) if home else ())
    members = (replace(one, key=kept.spid) if one.key == merged.spid else one for one in found.members)
    return replace(found, members=tuple(members))


def what_cannot_be(before: Situation, after: Situation) -> str:
    """In words; "" where nothing speaks against it. What is rare is not asked: a steward does not know the
    household, and nobody told anything new."""
    return " ".join(one.words for one in refused(new_findings(before, after)))


def move_home(writer: PersonWriter, kept: Person, merged: Person, home: Household | None) -> None:
    """One membership remains; of two in one household the one that leads it. Called where the merge of the
    record itself was written before."""
    today = timezone.localdate()
    own, other = current_membership(kept), current_membership(merged)
    if home is not None and (closed := level_passes_from(kept, merged, home)):
        carried = {name: getattr(closed, name) for name in LEVEL}
        writer.update_household(home, **carried)
    if other is not None:
        other.person = merged
        writer.update_membership(other, ended_on=today)
    moves = other is not None and other.household == home and (own is None or own.household != home)
    if own is not None:
        own.person = kept
        if moves:
            writer.update_membership(own, ended_on=today)
        elif other is not None and own.household == other.household and other.relationship == HEAD:
            writer.update_membership(own, relationship=HEAD)
    if moves and other is not None:
        writer.add_membership(other.household, kept, other.relationship)
    for household in {one.household for one in (own, other) if one is not None}:
        _leave_in_order(writer, household, kept, merged)


def _leave_in_order(writer: PersonWriter, household: Household, kept: Person, merged: Person) -> None:
    lives_here = household.memberships.current().filter(person=kept).exists()
    if household.payee_id == merged.pk and lives_here:
        writer.update_household(household, payee=kept)
    elif household.payee_id in (kept.pk, merged.pk) and not lives_here:
        writer.update_household(household, payee=None)
    if not others_in(household):
        writer.update_household(household, closed_on=timezone.localdate())


def has_place(
    membership: Membership, relationship: str, heads: Collection[int], without: Collection[int] = ()
) -> bool:
    """Whether the household, if it is open, can have the member again as before: it is led as it was then, so
    that the relationship still says what it said. ``heads``: the records that led it as one person.
    ``without``: memberships that are given up before."""
    lives = Membership.objects.current().filter(household=membership.household_id)
    others = lives.exclude(pk__in=[membership.pk, *without])
    head = others.filter(relationship=HEAD).values_list("person_id", flat=True).first()
    if relationship == HEAD:
        return head is None
    if relationship == SPOUSE and others.filter(relationship=SPOUSE).exists():
        return False
    # They may have been parted since, or another one of them remains.
    leads = Q(pk=head) | Q(merged_into=head)
    return head is not None and Person.objects.filter(leads, pk__in=heads).exists()


def take_back(
    writer: PersonWriter, membership: Membership, relationship: str, heads: Collection[int]
) -> bool:
    """Whether the person could become a member again as before."""
    elsewhere = Membership.objects.current().filter(person=membership.person_id).exclude(pk=membership.pk)
    is_closed = Household.objects.filter(pk=membership.household_id, closed_on__isnull=False).exists()
    if is_closed or elsewhere.exists() or not has_place(membership, relationship, heads):
        return False
    writer.update_membership(membership, ended_on=None, ended_by_death=False, relationship=relationship)
    return True


def other_home(household: int | None, side: Side, undoing: Undoing) -> Household | None:
    """Where the person of this side lives again, if this household is the other one of the two."""
    lives = Membership.objects.current().filter(person=undoing.pair.of(side)).select_related("household")
    membership = lives.first()
    if membership is None or membership.household_id == household or household not in undoing.pair.households:
        return None
    return membership.household

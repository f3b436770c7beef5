"""Who could not go back to their household when their merge was undone, because another merge had closed it
or given it another head: they go back when that one is undone."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.merging.contract import PARTS, Changes, Pair, Side, Undoing
from registry.merging.homes import HEAD, has_place, take_back
from registry.merging.records import HOUSEHOLDS, MEMBERSHIPS
from registry.merging.snapshots import changes_of, lived_then, pair_then
from registry.merging.values import Row
from registry.models import Membership, Merge

NOT_RETURNED = "not_returned"
"""In the snapshot of a merge that was undone: the memberships to which nobody could come back."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A membership that ended by a merge which is undone, and to which its person has not come back."""

    merge: Merge
    membership: Membership
    before: Row
    """As it was before the merge."""

    @property
    def side(self) -> Side:
        return Side.MERGED if self.before["person_id"] == self.merge.merged_id else Side.KEPT

    @property
    def pair(self) -> Pair:
        return pair_then(self.merge)

    def changes(self, part: str) -> Changes:
        return changes_of(self.merge).get(part, {})

    @property
    def stayed(self) -> bool:
        """Whether the person has lived nowhere since, and can be written."""
        person, undone_at = self.membership.person, self.merge.undone_at
        if person.merged_into_id or person.died_on or self.membership.is_current or undone_at is None:
            return False
        known = [int(key) for key in self.changes(MEMBERSHIPS.name)]
        since = person.memberships.filter(started_on__gte=timezone.localdate(undone_at))
        return not since.exclude(pk__in=known).exists()


def waiting_for(pair: Pair) -> list[Waiting]:
    """Who may come back, now that these two become two records again: one of them, or somebody who lived in
    one of their households. Who led theirs first."""
    lived = Membership.objects.filter(household__in=pair.households).values("person")
    concerned = Q(kept__in=lived) | Q(merged__in=lived) | Q(kept__in=pair.both) | Q(merged__in=pair.both)
    undone = Merge.objects.filter(concerned, undone_at__isnull=False).order_by("pk")
    found = [one for merge in undone for one in _waiting(merge)]
    return sorted(found, key=lambda one: one.before["relationship"] != HEAD)


def _waiting(merge: Merge) -> Iterator[Waiting]:
    pks, lived = merge.snapshot.get(NOT_RETURNED, []), lived_then(merge)
    rows = Membership.objects.filter(pk__in=pks).select_related("person", "household").order_by("pk")
    for row in rows:
        before = lived[row.pk]
        if row.person_id == before["person_id"]:
            yield Waiting(merge, row, before)


def bring_home(undoing: Undoing, waiting: Sequence[Waiting]) -> None:
    """The caller has locked their households and persons, and made the two records two again."""
    done = []
    for one in waiting:
        if one.membership.person_id in undoing.gone:
            done.append(one)
        elif one.stayed and take_back(
            undoing.writer, one.membership, one.before["relationship"], one.before["heads"]
        ):
            _settle(one, undoing)
            done.append(one)
    for merge in {one.merge for one in done}:
        note_not_returned(merge, {one.membership.pk for one in done if one.merge == merge}, came=True)


def note_not_returned(merge: Merge, memberships: Collection[int], *, came: bool = False) -> None:
    """``came``: they have, or never will."""
    row = Merge.objects.get(pk=merge.pk)
    noted = {*row.snapshot.get(NOT_RETURNED, [])}
    left = noted - {*memberships} if came else noted | {*memberships}
    row.snapshot[NOT_RETURNED] = sorted(left)
    row.save(update_fields=["snapshot"])


def _settle(one: Waiting, undoing: Undoing) -> None:
    """Whoever is back has what they would have had at once: the village, the money of the household, and what
    came since and is of it."""
    person, household, writer = one.membership.person, one.membership.household, undoing.writer
    household.refresh_from_db()
    if person.village_id != household.village_id:
        writer.update_person(person, village_id=household.village_id)
    before, after = one.changes(HOUSEHOLDS.name).get(str(household.pk), (None, None))
    received = before and after and before["payee_id"] == person.pk and after["payee_id"] is None
    if received and household.payee_id is None:
        writer.update_household(household, payee=person)
    theirs = Undoing(one.pair, writer, undoing.actor)
    for part in PARTS.values():
        if part.is_listed:
            rows = part.model._default_manager.filter(part.of_persons(person.pk)).order_by("pk")
            for row in rows:
                if str(row.pk) not in one.changes(part.name):
                    part.go_home(row, one.side, theirs)


@dataclass(frozen=True, slots=True)
class Homeless:
    """In words for a steward, with the merge in force that is why, if one is."""

    words: str
    because: Merge | None


def without_home(merge: Merge) -> list[Homeless]:
    """Who lives in no household once the merge is undone, or does since it was."""
    if merge.undone_at is not None:
        rows = [one.membership for one in _waiting(merge) if one.stayed]
        return [
            _words(merge, _("SPID %(spid)s lives in no household now."), row.person.spid_grouped, row)
            for row in rows
        ]
    return list(_would_be(merge))


def _would_be(merge: Merge) -> Iterator[Homeless]:
    ended = lived_then(merge)
    rows = Membership.objects.filter(pk__in=ended).select_related("household").order_by("pk")
    reopened = {
        int(key)
        for key, (before, after) in changes_of(merge).get(HOUSEHOLDS.name, {}).items()
        if before and after and after["closed_on"] and not before["closed_on"]
    }
    given_up = _given_up(merge)
    lives = Membership.objects.current().filter(person=merge.kept_id)
    elsewhere = lives.exclude(pk__in=[*ended, *given_up]).exists()
    for row in rows:
        before, household = ended[row.pk], row.household
        person = merge.merged if before["person_id"] == merge.merged_id else merge.kept
        if elsewhere and person == merge.kept:
            continue
        is_open = household.closed_on is None or household.pk in reopened
        returns = is_open and has_place(row, before["relationship"], before["heads"], given_up)
        if not (row.is_current or returns):
            yield _words(merge, _("SPID %(spid)s will live in no household."), person.spid_grouped, row)


def _given_up(merge: Merge) -> set[int]:
    """The memberships that the merge made, or by which it made somebody the head: undone, they are so no
    more."""
    changes = changes_of(merge).get(MEMBERSHIPS.name, {})
    return {
        int(key)
        for key, (before, after) in changes.items()
        if before is None or (after and after["relationship"] != before["relationship"])
    }


def _words(merge: Merge, words: str, spid: str, membership: Membership) -> Homeless:
    number = membership.household.number
    because = _closed_or_led_by(membership.household_id, merge)
    why = (
        _(
            "Household %(number)s, where this person lived, was closed or got another head when two other "
            "records were made one. If those are two persons too, undo that as well: this person then lives "
            "there again."
        )
        if because
        else _(
            "Household %(number)s, where this person lived, was closed or got another head since. The "
            "commune takes this person in as anybody else."
        )
    )
    return Homeless(f"{words % {'spid': spid}} {why % {'number': number}}", because)


def _closed_or_led_by(household: int, since: Merge) -> Merge | None:
    """The last merge in force after that one by which the head of this household became another record, or
    left it."""
    rows = Membership.objects.filter(household=household)
    pks = {str(pk) for pk in rows.values_list("pk", flat=True)}
    in_force = Merge.objects.filter(kept__in=rows.values("person"), undone_at=None, pk__gt=since.pk)
    for merge in in_force.order_by("-pk"):
        changes = changes_of(merge).get(MEMBERSHIPS.name, {})
        for key in changes.keys() & pks:
            before, after = changes[key]
            led, leads = (
                one and one["relationship"] == HEAD and not one["ended_on"] for one in (before, after)
            )
            if led and not leads:
                return merge
    return None
